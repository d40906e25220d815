// Nothing of a request without an answer reaches the server after its end on this side: not after a
// timeout or a cancellation, nor when the process is killed.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <memory>
#include <string>
#include <tuple>

#include "curl/curl_transport.hpp"
#include "support/eventually.hpp"
#include "support/loop_transport.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"
#include "support/unread_peer.hpp"

namespace heymilo {
namespace {

using heymilo_test::CertificateAuthority;
using heymilo_test::eventually;
using heymilo_test::failureOf;
using heymilo_test::LoopTransport;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;
using heymilo_test::UnreadPeer;

enum class Client { blocking, non_blocking };
enum class Protocol { plain, tls, http2 };
enum class Reads { nothing, a_little };

class CurlLateBytes : public testing::TestWithParam<std::tuple<Client, Protocol, Reads>> {
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
    CurlOptions options;
    options.proxy = proxy;
    options.tls.ca_file = ca_file.path();
    if (std::get<Client>(GetParam()) == Client::blocking) {
      return makeCurlTransport(options);
    }
    return std::make_shared<LoopTransport>(options);
  }

  const CertificateAuthority ca;
  const TemporaryFile ca_file{ca.certificate()};
  UnreadPeer peer{kind(), tls()};
  HttpRequest request = post(peer.server().url(), UnreadPeer::body());
};

std::string nameOf(const testing::TestParamInfo<CurlLateBytes::ParamType>& info) {
  const auto [client, protocol, reads] = info.param;
  std::string name = client == Client::blocking ? "Blocking" : "NonBlocking";
  name += protocol == Protocol::plain ? "Plain" : protocol == Protocol::tls ? "Tls" : "Http2";
  return name + (reads == Reads::nothing ? "Unread" : "ReadSlowly");
}

INSTANTIATE_TEST_SUITE_P(All, CurlLateBytes,
                         testing::Combine(testing::Values(Client::blocking, Client::non_blocking),
                                          testing::Values(Protocol::plain, Protocol::tls,
                                                          Protocol::http2),
                                          testing::Values(Reads::nothing, Reads::a_little)),
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
  EXPECT_TRUE(eventually([&] { return peer.requestIsUnderWay(); }));
  source.cancel();
  EXPECT_EQ(outcome.get(), Outcome::unknown);
  // The transport lives on: it is not what closes the connection.
  EXPECT_FALSE(peer.receivesAll());
}

TEST_P(CurlLateBytes, NoneComeAfterTheProcessIsKilled) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    try {
      makeTransport()->send(request, {});
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it was to be killed
    }
    ::_exit(1);
  }
  EXPECT_TRUE(eventually([&] { return peer.requestIsUnderWay(); }));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(peer.receivesAll());
}

#ifdef __linux__
// It has been given the connection with all else, and would keep it going.
TEST_P(CurlLateBytes, NoneComeWhereAForkedChildHasTheConnectionToo) {
  const auto transport = makeTransport();
  const CancellationSource source;
  auto outcome = std::async(std::launch::async, [&] {
    return failureOf<CancelledError>(*transport, request, source.token()).outcome();
  });
  EXPECT_TRUE(eventually([&] { return peer.requestIsUnderWay(); }));
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

INSTANTIATE_TEST_SUITE_P(All, CurlLateBytesByProxy,
                         testing::Combine(testing::Values(Client::blocking, Client::non_blocking),
                                          testing::Values(Protocol::plain, Protocol::tls,
                                                          Protocol::http2),
                                          testing::Values(Reads::nothing)),
                         &nameOf);

TEST_P(CurlLateBytesByProxy, NoneCome) {
  // The tunnel's other end is a server that reads: it is the proxy that takes no more.
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
