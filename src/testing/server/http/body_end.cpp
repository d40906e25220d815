#include "testing/server/http/body_end.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kMaxLine = 8192;
constexpr std::uint64_t kMaxChunk = (std::numeric_limits<std::uint64_t>::max)() / 2;

}  // namespace

BodyEnd BodyEnd::after(std::uint64_t bytes) {
  BodyEnd end;
  end.left_ = bytes;
  end.state_ = bytes > 0 ? State::data : State::reached;
  return end;
}

BodyEnd BodyEnd::ofChunks() {
  BodyEnd end;
  end.chunks_ = true;
  end.state_ = State::size;
  return end;
}

std::size_t BodyEnd::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !reached() && !failed()) {
    if (state_ != State::data) {
      takeInLine(bytes[taken]);
      ++taken;
      continue;
    }
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - taken));
    taken += count;
    left_ -= count;
    if (left_ == 0) {
      state_ = chunks_ ? State::data_end : State::reached;
    }
  }
  return taken;
}

void BodyEnd::takeInLine(char c) {
  line_ += c;
  if (c == '\n') {
    endLine();
    line_.clear();
  } else if (line_.size() > kMaxLine) {
    state_ = State::failed;
  }
}

void BodyEnd::endLine() {
  if (state_ == State::data_end) {
    state_ = line_ == "\r\n" ? State::size : State::failed;
    return;
  }
  if (state_ == State::trailer) {
    state_ = line_ == "\r\n" ? State::reached : State::trailer;
    return;
  }
  const char* const begin = line_.data();
  const auto [size_end, error] = std::from_chars(begin, begin + line_.size(), left_, 16);
  const bool delimited = *size_end == ';' || *size_end == '\r' || *size_end == ' ';
  if (error != std::errc() || !delimited || left_ > kMaxChunk) {
    state_ = State::failed;
  } else {
    state_ = left_ > 0 ? State::data : State::trailer;
  }
}

}  // namespace heymilo::testing::detail
