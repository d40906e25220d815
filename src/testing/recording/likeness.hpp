#pragma once

#include <map>
#include <string>

#include "testing/recording/pseudonyms.hpp"

namespace heymilo::testing::detail {

/// What stands for what between a recording and the program that it is replayed to: one real value
/// for each made-up one, and the other way round. Copied to try a request, and kept where it fits.
class Likeness {
 public:
  /// Whether `real` can be what was recorded so, by what is known and no contradiction to it; what
  /// it tells is known from then on.
  bool fits(const Ordered& recorded, const Ordered& real);
  /// What was recorded, with the real values in the place of the made-up ones that are known.
  Ordered restored(const Ordered& recorded) const;

 private:
  bool bind(const std::string& made_up, const std::string& real);
  std::string restored(const std::string& text) const;

  std::map<std::string, std::string> real_;     // of the made-up ones
  std::map<std::string, std::string> made_up_;  // of the real ones
};

}  // namespace heymilo::testing::detail
