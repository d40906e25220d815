#include "testing/server/http/connection.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kInputSize = 64u << 10;

}  // namespace

Connection::Connection(Socket socket, std::chrono::milliseconds read_timeout)
    : socket_(socket), read_timeout_(read_timeout), input_(kInputSize, '\0') {}

bool Connection::await(std::chrono::milliseconds limit) {
  if (buffered()) {
    return true;
  }
  begin_ = 0;
  end_ = 0;
  if (!waitReadable(socket_, limit)) {
    return false;
  }
  const std::ptrdiff_t count = receive(socket_, input_.data(), input_.size());
  end_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  return buffered();
}

std::string_view Connection::peek() {
  return await(read_timeout_) ? std::string_view(input_).substr(begin_, end_ - begin_)
                              : std::string_view();
}

}  // namespace heymilo::testing::detail
