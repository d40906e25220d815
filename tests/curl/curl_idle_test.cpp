// When an idle connection is too old to be reused. Time is moved for libcurl and the library: on
// Linux, a program can replace clock_gettime().

#ifdef __linux__

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "curl/curl_transport.hpp"
#include "support/raw_server.hpp"
#include "support/transport_calls.hpp"

namespace {
std::atomic<long> seconds_ahead{0};
}

extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock,
                                                                    timespec* time) noexcept {
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (clock != CLOCK_REALTIME) {
    time->tv_sec += seconds_ahead;
  }
  return result;
}

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;

class CurlIdle : public ::testing::Test {
 protected:
  static std::shared_ptr<Transport> makeTransport() {
    CurlOptions options;
    options.proxy = "";
    return makeCurlTransport(options);
  }

  RawServer server{answering(httpAnswer("200 OK"))};
  const std::shared_ptr<Transport> transport = makeTransport();
};

TEST_F(CurlIdle, AConnectionServesAWriteForSeconds) {
  transport->send(post(server.url(), "{}"), {});
  seconds_ahead += 2;
  transport->send(post(server.url(), "{}"), {});
  EXPECT_EQ(server.connections(), 1u);
  seconds_ahead += 5;
  transport->send(post(server.url(), "{}"), {});
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(CurlIdle, AConnectionServesAReadForHalfAMinute) {
  transport->send(get(server.url()), {});
  seconds_ahead += 25;
  transport->send(get(server.url()), {});
  EXPECT_EQ(server.connections(), 1u);
  seconds_ahead += 35;
  transport->send(get(server.url()), {});
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(CurlIdle, AConnectionThatIsNoLongerNeededIsClosed) {
  // Two in parallel; then one is enough.
  std::atomic<int> waiting{0};
  RawServer both([&](RawConnection& connection) {
    while (connection.readRequest()) {
      ++waiting;
      while (waiting < 2) {
        std::this_thread::yield();
      }
      connection.send(httpAnswer("200 OK"));
    }
  });
  std::thread other([&] { transport->send(get(both.url()), {}); });
  transport->send(get(both.url()), {});
  other.join();
  ASSERT_EQ(both.connections(), 2u);
  for (int i = 0; i < 3; ++i) {
    seconds_ahead += 15;
    transport->send(get(both.url()), {});
  }
  EXPECT_EQ(both.connections(), 2u);
  EXPECT_TRUE(both.waitForFinishedScripts(1));
}

}  // namespace
}  // namespace heymilo

#endif
