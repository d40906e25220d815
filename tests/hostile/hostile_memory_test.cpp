// Responses without bounds: whatever a server sends, the memory of the process stays within a small
// multiple of the response limit.

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <string>

#include "hostile_calls.hpp"
#include "support/bombs.hpp"
#include "support/sanitizers.hpp"

namespace heymilo_test {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// The peak memory of the process since reset(), in bytes.
class Peak {
 public:
  /// From now on; and the current memory.
  static std::size_t reset() {
    std::ofstream("/proc/self/clear_refs") << '5';
    return read("VmRSS:");
  }
  static std::size_t read(const std::string& field = "VmHWM:") {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
      if (word == field) {
        std::size_t kib = 0;
        status >> kib;
        return kib * 1024;
      }
    }
    return 0;
  }
};

struct Flood {
  const char* name;
  std::string head;
  std::string piece;  // sent over and over
  std::size_t bytes;  // altogether, or until the client leaves
  std::size_t max_response_bytes;
  std::size_t may_grow;  // by so much at the most
  const char* ends_in;
  const char* says;
};

std::vector<Flood> floods() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string text(64 * 1024, 'x');
  const std::string chunk = "10000\r\n" + text + "\r\n";
  const std::size_t large = 200 * kMiB;
  return {
      {"200 MB announced",
       ok + "Content-Length: 209715200\r\n\r\n",
       text,
       large,
       64 * kMiB,
       8 * kMiB,
       "TransportError",
       "longer than"},
      {"200 MB in chunks",
       ok + "Transfer-Encoding: chunked\r\n\r\n",
       chunk,
       large,
       kMiB,
       8 * kMiB,
       "TransportError",
       "longer than"},
      {"200 MB in chunks, by default",
       ok + "Transfer-Encoding: chunked\r\n\r\n",
       chunk,
       large,
       64 * kMiB,
       200 * kMiB,
       "TransportError",
       "longer than"},
      {"200 MB to the end",
       ok + "\r\n",
       text,
       large,
       kMiB,
       8 * kMiB,
       "TransportError",
       "longer than"},
      {"a gzip bomb",
       ok + "Content-Encoding: gzip\r\n\r\n" + gzipBomb(500'000),
       "",
       0,
       kMiB,
       16 * kMiB,
       "TransportError",
       "longer than"},
      {"a brotli bomb",
       ok + "Content-Encoding: br\r\n\r\n" + brotliBomb(),
       "",
       0,
       kMiB,
       48 * kMiB,
       "TransportError",
       "longer than"},
      {"endless headers",
       ok,
       "X-Header: " + std::string(1000, 'x') + "\r\n",
       large,
       64 * kMiB,
       8 * kMiB,
       "TransportError",
       "header"},
      {"a header of a megabyte",
       ok + "X-Header: " + std::string(kMiB, 'x') + "\r\n\r\n",
       "",
       0,
       64 * kMiB,
       8 * kMiB,
       "TransportError",
       "header"},
      {"endless interim answers",
       "",
       "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
       large,
       64 * kMiB,
       8 * kMiB,
       "TransportError",
       "header"},
      {"an error of 200 MB",
       "HTTP/1.1 502 Bad Gateway\r\n\r\n",
       text,
       large,
       kMiB,
       12 * kMiB,
       "ServerError",
       "502"},
  };
}

void send(RawConnection& connection, const Flood& flood) {
  connection.send(flood.head);
  for (std::size_t sent = 0; sent < flood.bytes; sent += flood.piece.size()) {
    if (!connection.send(flood.piece)) {
      return;  // the client has left
    }
  }
}

TEST(HostileMemory, StaysWithinBounds) {
  std::cout << "peak memory above what was held before, in MiB\n";
  for (const Flood& flood : floods()) {
    for (const bool write : {false, true}) {
      SCOPED_TRACE(std::string(flood.name) + (write ? ", ingestCandidate" : ", listCandidates"));
      RawServer server([&](RawConnection& connection) {
        if (connection.readRequest()) {
          send(connection, flood);
        }
      });
      heymilo::ClientOptions options = optionsFor(server);
      options.max_response_bytes = flood.max_response_bytes;
      const heymilo::Client client(options);
      const std::size_t before = Peak::reset();
      const Ending ending = write ? endingOfWrite(client) : endingOfRead(client);
      const std::size_t peak = Peak::read();
      const std::size_t grown = peak > before ? peak - before : 0;
      EXPECT_EQ(ending.type, flood.ends_in) << ending.what;
      EXPECT_EQ(ending.outcome, heymilo::Outcome::unknown);
      EXPECT_NE(ending.what.find(flood.says), std::string::npos) << ending.what;
      EXPECT_LT(ending.elapsed, std::chrono::seconds{30});
      EXPECT_EQ(server.requests().size(), 1u);
      // A sanitizer keeps freed memory, and shadows all of it.
      EXPECT_LT(grown, flood.may_grow * (kSanitized ? 8 : 1));
      std::cout << "  " << flood.name << (write ? ", a write: " : ", a read: ")
                << static_cast<double>(grown / 1024) / 1024 << '\n';
    }
  }
}

}  // namespace
}  // namespace heymilo_test
