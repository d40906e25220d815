#include "support/raw_stream.hpp"

#include <algorithm>

namespace heymilo_test {

namespace {

class PlainStream final : public RawStream {
 public:
  explicit PlainStream(Socket socket) : socket_(socket) {}

  std::size_t read(char* data, std::size_t size) override {
    for (;;) {
      const std::ptrdiff_t count = receiveFrom(socket_, data, size);
      if (count >= 0 || !wasInterrupted()) {
        return count > 0 ? static_cast<std::size_t>(count) : 0;
      }
    }
  }

  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::ptrdiff_t count = sendOn(socket_, bytes.data(), bytes.size());
      if (count < 0 && !wasInterrupted()) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>((std::max)(count, std::ptrdiff_t{0})));
    }
    return true;
  }

  void sayGoodbye() override {}

 private:
  const Socket socket_;
};

}  // namespace

std::unique_ptr<RawStream> openStream(Socket socket, ssl_ctx_st* context) {
  return context == nullptr ? std::make_unique<PlainStream>(socket)
                            : openTlsStream(socket, context);
}

}  // namespace heymilo_test
