#pragma once

#include <heymilo/workflows/verify.hpp>
#include <optional>
#include <string>

#include "support/table.hpp"

namespace bulk {

/// The output of verify: a table for a person, or a JSON object a line. Findings first, then the
/// counts.
class VerifyWords {
 public:
  explicit VerifyWords(bool json);

  /// Complete lines; before the first finding, the titles of its table.
  std::string text(const heymilo::workflows::VerifyFinding& finding);
  std::string text(const heymilo::workflows::VerifyResult& result) const;
  /// For the progress line.
  static std::string text(const heymilo::workflows::VerifyProgress& progress);

 private:
  const bool json_;
  const support::Table table_;
  bool begun_ = false;
};

}  // namespace bulk
