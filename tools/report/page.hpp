#pragma once

#include <heymilo/models/timestamp.hpp>
#include <heymilo/workflows/mirror_figures.hpp>
#include <string>

namespace report {

/// What is on a page.
struct PageContent {
  heymilo::workflows::MirrorFigures figures{};
  bool personal_data = false;    ///< show MirrorFigures::latest, and say so
  heymilo::Timestamp made_at{};  ///< when the page is made
  std::string made_by{};         ///< the program and its version
};

/// The whole page: HTML that is also well-formed XML. It needs nothing beside itself: no script, no
/// font, no picture.
std::string page(const PageContent& content);

}  // namespace report
