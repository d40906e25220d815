#pragma once

#include <vector>

namespace heymilo::postgres {

/// One of those that share the slots, as far as their division goes by it.
struct Sharer {
  int wants = 0;       ///< how many slots it would have
  int first = 0;       ///< so many of these before all others' wishes: for interactive calls
  int owned = 0;       ///< how many it has
  long long turn = 0;  ///< who took a slot longer ago has a smaller one
};

/// How many of `slots` each should have: nobody more than it wants, what somebody does not want
/// goes to the others in equal parts. Where there are fewer slots than sharers, those get one whose
/// turn is the longest ago; else the rest of the division stays where it is, so that slots do not
/// move back and forth.
std::vector<int> sharesOf(int slots, const std::vector<Sharer>& sharers);

}  // namespace heymilo::postgres
