// Nothing of a request without a response reaches the server after its end on this side: not after
// a timeout or a cancellation, and not when the process is killed.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>

#include "curl/curl_transport.hpp"
#include "support/eventually.hpp"
#include "support/loop_transport.hpp"
#include "support/running_process.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"
#include "support/unread_peer.hpp"

namespace heymilo {
namespace {

using heymilo_test::CallKind;
using heymilo_test::CertificateAuthority;
using heymilo_test::eventually;
using heymilo_test::failureOf;
using heymilo_test::LoopTransport;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::RunningProcess;
using heymilo_test::TemporaryFile;
using heymilo_test::UnreadPeer;

enum class Protocol { plain, tls, http2 };
enum class Reads { nothing, a_little };

std::shared_ptr<Transport> transportOf(CallKind client, const std::string& ca_file,
                                       const std::string& proxy) {
  CurlOptions options;
  options.proxy = proxy;
  options.tls.ca_file = ca_file;
  if (client == CallKind::blocking) {
    return makeCurlTransport(options);
  }
  return std::make_shared<LoopTransport>(options);
}

constexpr const char* kUrl = "HEYMILO_TEST_SENDS_TO";
constexpr const char* kCaFile = "HEYMILO_TEST_CA_FILE";
constexpr const char* kBlocking = "HEYMILO_TEST_BLOCKING";

/// With these in the environment this program is the process that is killed. (A child of fork()
/// alone would have the locks that other threads of the test held.)
[[maybe_unused]] const bool kIsTest = [] {
  if (const char* url = std::getenv(kUrl)) {
    ::alarm(60);
    try {
      const CallKind client = std::getenv(kBlocking) ? CallKind::blocking : CallKind::non_blocking;
      transportOf(client, std::getenv(kCaFile), "")->send(post(url, UnreadPeer::body()), {});
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it was to be killed
    }
    ::_exit(1);
  }
  return true;
}();

class CurlLateBytes : public ::testing::TestWithParam<std::tuple<CallKind, Protocol, Reads>> {
 protected:
  static Protocol protocol() { return std::get<Protocol>(GetParam()); }

  UnreadPeer::Kind kind() const {
    return {protocol() == Protocol::http2, std::get<Reads>(GetParam()) == Reads::a_little};
  }

  std::optional<RawServerTls> tls() const {
    if (protocol() == Protocol::plain) {
      return std::nullopt;
    }
    RawServerTls tls{ca.issue()};
    tls.protocol = protocol() == Protocol::http2 ? "h2" : "";
    return tls;
  }

  std::shared_ptr<Transport> makeTransport(const std::string& proxy = "") const {
    return transportOf(std::get<CallKind>(GetParam()), ca_file.path(), proxy);
  }

  /// Until the transport has handed over the whole request. Before that, it is right to say that
  /// nothing was sent: a slow build still has the last fifth when the peer sees it under way.
  void waitUntilUnderWay() const {
    EXPECT_TRUE(eventually([&] { return peer.requestIsUnderWay(); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }

  const CertificateAuthority ca;
  const TemporaryFile ca_file{ca.certificate()};
  UnreadPeer peer{kind(), tls()};
  HttpRequest request = post(peer.server().url(), UnreadPeer::body());
};

std::string nameOf(const ::testing::TestParamInfo<CurlLateBytes::ParamType>& info) {
  const auto [client, protocol, reads] = info.param;
  std::string name = client == CallKind::blocking ? "Blocking" : "NonBlocking";
  name += protocol == Protocol::plain ? "Plain" : protocol == Protocol::tls ? "Tls" : "Http2";
  return name + (reads == Reads::nothing ? "Unread" : "ReadSlowly");
}

INSTANTIATE_TEST_SUITE_P(
    All, CurlLateBytes,
    ::testing::Combine(::testing::Values(CallKind::blocking, CallKind::non_blocking),
                       ::testing::Values(Protocol::plain, Protocol::tls, Protocol::http2),
                       ::testing::Values(Reads::nothing, Reads::a_little)),
    &nameOf);

TEST_P(CurlLateBytes, NoneComeAfterATimeout) {
  request.timeout = std::chrono::milliseconds(400);
  failureOf<TimeoutError>(*makeTransport(), request);
  EXPECT_FALSE(peer.receivesAll());
}

TEST_P(CurlLateBytes, NoneComeAfterACancellation) {
  const auto transport = makeTransport();
  const CancellationSource source;
  auto outcome = std::async(std::launch::async, [&] {
    return failureOf<CancelledError>(*transport, request, source.token()).outcome();
  });
  waitUntilUnderWay();
  source.cancel();
  EXPECT_EQ(outcome.get(), Outcome::unknown);
  // The transport is kept: it does not close the connection.
  EXPECT_FALSE(peer.receivesAll());
}

#ifdef __linux__
TEST_P(CurlLateBytes, NoneComeAfterTheProcessIsKilled) {
  std::map<std::string, std::string> environment{{kUrl, request.url}, {kCaFile, ca_file.path()}};
  if (std::get<CallKind>(GetParam()) == CallKind::blocking) {
    environment.emplace(kBlocking, "1");
  }
  const TemporaryFile log("");
  RunningProcess sender(
      std::filesystem::read_symlink("/proc/self/exe").string(), {}, environment, log.path());
  waitUntilUnderWay();
  sender.signal(SIGKILL);
  EXPECT_EQ(sender.wait(std::chrono::seconds(10)), -SIGKILL);
  EXPECT_FALSE(peer.receivesAll());
}

// The child has inherited the connection, and would keep it open.
TEST_P(CurlLateBytes, NoneComeWhereAForkedChildHasTheConnectionToo) {
  const auto transport = makeTransport();
  const CancellationSource source;
  auto outcome = std::async(std::launch::async, [&] {
    return failureOf<CancelledError>(*transport, request, source.token()).outcome();
  });
  waitUntilUnderWay();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    for (;;) {
      ::pause();
    }
  }
  source.cancel();
  EXPECT_EQ(outcome.get(), Outcome::unknown);
  EXPECT_FALSE(peer.receivesAll());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}
#endif

class CurlLateBytesByProxy : public CurlLateBytes {};

INSTANTIATE_TEST_SUITE_P(
    All, CurlLateBytesByProxy,
    ::testing::Combine(::testing::Values(CallKind::blocking, CallKind::non_blocking),
                       ::testing::Values(Protocol::plain, Protocol::tls, Protocol::http2),
                       ::testing::Values(Reads::nothing)),
    &nameOf);

TEST_P(CurlLateBytesByProxy, NoneCome) {
  // The tunnel's other end is a server that reads: the proxy stops reading.
  RawServer server(
      [](RawConnection& raw) {
        if (protocol() == Protocol::http2) {
          heymilo_test::http2::Connection(raw).readRequest();
        } else {
          raw.readToEnd();
        }
      },
      tls());
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  constexpr std::size_t kTunnelled = 20'000;
  RawServer proxy(
      [&](RawConnection& raw) {
        raw.readBytes(1);
        if (protocol() != Protocol::plain) {
          raw.readRequest();
          raw.send("HTTP/1.1 200 OK\r\n\r\n");
          heymilo_test::RelayLimits limits;
          limits.to_server = kTunnelled;
          raw.relayTo(server.port(), limits);
        }
        released.wait();
        raw.readToEnd();
      },
      std::nullopt,
      4096);
  const auto transport = makeTransport(proxy.url());
  request.url = server.url();
  request.timeout = std::chrono::milliseconds(400);
  failureOf<TimeoutError>(*transport, request);
  release.set_value();
  EXPECT_TRUE(proxy.waitForFinishedScripts(1));
  EXPECT_LT(proxy.received().at(0).size() + kTunnelled, request.body.size());
}

}  // namespace
}  // namespace heymilo
