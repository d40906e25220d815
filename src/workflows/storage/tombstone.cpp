#include "workflows/storage/tombstone.hpp"

#include <array>
#include <cstdint>
#include <random>

#include "base/sha256.hpp"

namespace heymilo::workflows {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kBlock = 64;  // of SHA-256, in bytes

std::string padded(const std::string& key, std::uint8_t with) {
  std::string block(kBlock, '\0');
  for (std::size_t i = 0; i < kBlock; ++i) {
    const auto byte = static_cast<std::uint8_t>(i < key.size() ? key[i] : '\0');
    block[i] = static_cast<char>(byte ^ with);
  }
  return block;
}

}  // namespace

std::string tombstoneOf(const std::string& key, std::string_view interview_id) {
  // RFC 2104. The key's digits are its bytes: a block has room for 64 of them.
  constexpr std::uint8_t kInner = 0x36, kOuter = 0x5c;
  std::string inner = padded(key, kInner);
  inner += interview_id;
  std::string outer = padded(key, kOuter);
  for (const std::uint8_t byte : sha256(inner)) {
    outer.push_back(static_cast<char>(byte));
  }
  return sha256Hex(outer);
}

std::string randomDigits(std::size_t bytes) {
  std::random_device random;
  std::string digits;
  for (std::size_t i = 0; i < 2 * bytes; ++i) {
    digits.push_back(kDigits[random() % kDigits.size()]);
  }
  return digits;
}

}  // namespace heymilo::workflows
