#pragma once

#include <map>
#include <string>

#include "testing/recording/pseudonyms.hpp"

namespace heymilo::testing::detail {

/// The mapping between the made-up values of a recording and the real ones of the replaying
/// program, in both directions. Copied to try a request, and kept if it matches.
class Likeness {
 public:
  /// Whether `real` can be the value that was recorded, without contradicting the mapping; extends
  /// the mapping.
  bool fits(const Ordered& recorded, const Ordered& real);
  /// The recorded value, with the known real values instead of the made-up ones.
  Ordered restored(const Ordered& recorded) const;

 private:
  bool bind(const std::string& made_up, const std::string& real);
  std::string restored(const std::string& text) const;

  std::map<std::string, std::string> real_;     // of the made-up ones
  std::map<std::string, std::string> made_up_;  // of the real ones
};

}  // namespace heymilo::testing::detail
