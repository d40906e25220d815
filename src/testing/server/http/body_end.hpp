#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace heymilo::testing::detail {

/// Finds out where the body of a message ends (RFC 9112, sections 6 and 7.1), and leaves the bytes
/// as they are.
class BodyEnd {
 public:
  /// A body of so many bytes.
  static BodyEnd after(std::uint64_t bytes);
  /// A body in chunks.
  static BodyEnd ofChunks();

  /// How many of these bytes, from the first, belong to the body. To be called with all that comes,
  /// one after the other.
  std::size_t take(std::string_view bytes);
  bool reached() const { return state_ == State::reached; }
  /// What came as chunks is none: where the body ends can't be known.
  bool failed() const { return state_ == State::failed; }

 private:
  enum class State { size, data, data_end, trailer, reached, failed };

  void takeInLine(char c);
  void endLine();

  State state_ = State::reached;
  bool chunks_ = false;
  std::uint64_t left_ = 0;  // of this chunk, or of the body
  std::string line_;
};

}  // namespace heymilo::testing::detail
