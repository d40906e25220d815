#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "call/machine/layout.hpp"
#include "call/machine/locked_file.hpp"
#include "heymilo/quota.hpp"

namespace heymilo::machine {

/// All that a quota file holds, read at one moment and without a lock. Its memory is kept from one
/// reading to the next.
struct Content {
  Head head{};
  std::vector<SharerRecord> sharers{};
  std::vector<Stamp> slots{};
  std::vector<char> bytes{};

  /// False where it is damaged. Of one that is being made, the head alone.
  bool read(const LockedFile& file, std::size_t length);
  /// In words for people and programs.
  QuotaStatus status(const LockedFile& file, Time now) const;
};

/// The text up to the first NUL.
template <std::size_t size>
std::string textOf(const std::array<char, size>& bytes) {
  return std::string(bytes.begin(), std::find(bytes.begin(), bytes.end(), '\0'));
}

template <std::size_t size>
void copyText(std::string_view text, std::array<char, size>& bytes) {
  std::copy_n(text.begin(), (std::min)(text.size(), size), bytes.begin());
}

}  // namespace heymilo::machine
