#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace heymilo::testing::detail {

/// Finds the end of a message's body (RFC 9112, sections 6 and 7.1) without changing the bytes.
class BodyEnd {
 public:
  /// A body of this many bytes.
  static BodyEnd after(std::uint64_t bytes);
  /// A chunked body.
  static BodyEnd ofChunks();

  /// The number of these bytes, from the first, that belong to the body. To be called with all
  /// received data in sequence.
  std::size_t take(std::string_view bytes);
  bool reached() const { return state_ == State::reached; }
  /// The chunks are invalid: the end of the body can't be determined.
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
