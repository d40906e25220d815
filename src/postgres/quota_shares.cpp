#include "postgres/quota_shares.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace heymilo::postgres {

namespace {

/// Adds to `shares` up to `wants` each, in equal parts; returns how many slots are left.
int divide(int slots, const std::vector<int>& wants, const std::vector<Sharer>& sharers,
           std::vector<int>& shares) {
  std::vector<std::size_t> open;  // who does not have all that it wants
  std::vector<int> got(wants.size(), 0);
  for (std::size_t i = 0; i < wants.size(); ++i) {
    if (wants[i] > 0) {
      open.push_back(i);
    }
  }
  while (!open.empty() && slots >= static_cast<int>(open.size())) {
    int part = slots / static_cast<int>(open.size());
    for (const std::size_t i : open) {
      part = std::min(part, wants[i] - got[i]);
    }
    for (const std::size_t i : open) {
      got[i] += part;
      slots -= part;
    }
    open.erase(
        std::remove_if(open.begin(), open.end(), [&](std::size_t i) { return got[i] == wants[i]; }),
        open.end());
  }
  std::sort(open.begin(), open.end(), [&](std::size_t a, std::size_t b) {
    const bool level = shares[a] + got[a] > 0 || shares[b] + got[b] > 0;
    if (level && sharers[a].owned != sharers[b].owned) {
      return sharers[a].owned > sharers[b].owned;
    }
    return sharers[a].turn != sharers[b].turn ? sharers[a].turn < sharers[b].turn : a < b;
  });
  for (std::size_t i = 0; i < open.size() && slots > 0; ++i, --slots) {
    ++got[open[i]];
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    shares[i] += got[i];
  }
  return slots;
}

}  // namespace

std::vector<int> sharesOf(int slots, const std::vector<Sharer>& sharers) {
  std::vector<int> shares(sharers.size(), 0);
  std::vector<int> first;
  std::vector<int> others;
  for (const Sharer& sharer : sharers) {
    first.push_back(std::min(sharer.first, sharer.wants));
  }
  const int left = divide(std::max(slots, 0), first, sharers, shares);
  for (std::size_t i = 0; i < sharers.size(); ++i) {
    others.push_back(sharers[i].wants - shares[i]);
  }
  divide(left, others, sharers, shares);
  return shares;
}

}  // namespace heymilo::postgres
