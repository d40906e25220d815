#pragma once

#include <heymilo/workflows/mirror_figures.hpp>
#include <string>

/// The parts of the page below its head, each a `<section>`.
namespace report {

std::string funnel(const heymilo::workflows::MirrorFigures& figures);
std::string timeInSteps(const heymilo::workflows::MirrorFigures& figures);
std::string overTime(const heymilo::workflows::MirrorFigures& figures);
std::string scores(const heymilo::workflows::MirrorFigures& figures);
std::string statuses(const heymilo::workflows::MirrorFigures& figures);
std::string recentChanges(const heymilo::workflows::MirrorFigures& figures);
/// With names. Empty if there are none.
std::string latestChanges(const heymilo::workflows::MirrorFigures& figures);

/// A section with a heading. `more` are further classes; `lead`, escaped, explains it, and may be
/// empty.
std::string section(const std::string& heading, const std::string& lead, const std::string& content,
                    const std::string& more = {});
std::string empty(const std::string& why);

}  // namespace report
