#pragma once

#include <cstdint>
#include <string>

namespace heymilo::testing::detail {

/// Distributes a number over all 64 bits; different numbers stay different (the finalizer of
/// splitmix64).
constexpr std::uint64_t scramble(std::uint64_t number) {
  number += 0x9E3779B97F4A7C15u;
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9u;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EBu;
  return number ^ (number >> 31);
}

/// A pseudo-random sequence that depends on its seed only. (The distributions of the standard
/// library give different numbers on different platforms.)
class Luck {
 public:
  explicit Luck(std::uint64_t start) : state_(start) {}

  std::uint64_t next() { return scramble(state_++); }
  /// 0 to count - 1.
  std::uint64_t below(std::uint64_t count) { return next() % count; }
  /// first to last.
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
  }
  /// True for this share, 0 to 1, of the calls.
  bool happens(double share) {
    constexpr std::uint64_t kFine = std::uint64_t{1} << 53;
    return static_cast<double>(next() % kFine) < share * static_cast<double>(kFine);
  }

 private:
  std::uint64_t state_;
};

/// 16 hexadecimal digits.
inline std::string hex(std::uint64_t number) {
  std::string text(16, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4) {
    *digit = "0123456789abcdef"[number & 0xF];
  }
  return text;
}

}  // namespace heymilo::testing::detail
