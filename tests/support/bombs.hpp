#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Small bodies that are huge when decompressed.
namespace heymilo_test {

inline std::string fromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

/// gzip (RFC 1952, 1951) of a '0' and `runs` repetitions of 258 more, without the end: one literal,
/// then matches of length 258 and distance 1 in the fixed code, 13 bits each.
inline std::string gzipBomb(int runs) {
  std::string bytes = fromHex(
      "1f8b080000000000"
      "00ff");
  unsigned pending = 0;
  int count = 0;
  const auto put = [&](std::string_view bits) {
    for (const char bit : bits) {
      pending |= static_cast<unsigned>(bit - '0') << count;
      if (++count == 8) {
        bytes += static_cast<char>(pending);
        pending = 0;
        count = 0;
      }
    }
  };
  put("110");  // last block, fixed code
  put("01100000");
  for (int i = 0; i < runs; ++i) {
    put("11000101"
        "00000");
  }
  return bytes;
}

/// 200 MiB of '0'.
inline std::string brotliBomb() {
  return fromHex(
      "cfffff7f002460e2b14072effff9ffff0f8004401c1680eefd3fffffff01900088c302d0bdffe7ffff3f00120071"
      "5800baf7fffcffff074002200e0b40f7fe9fffffff004800c46101e8defff3ffff1f000980382c00ddfb7ffeffff"
      "032001108705a07bffcfffff7f002400e2b00074effff9ffff0f8004401c1680eefd3fffffff01900088c302d0bd"
      "ffe7ffff3f001200715800baf7fff9ffff074002200e0b40f7fe0f");
}

}  // namespace heymilo_test
