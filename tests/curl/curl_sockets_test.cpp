// The settings of the connections' sockets during a request and while idle, and which transfer may
// end them. Late arrivals are tested in curl_late_bytes_test.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "curl/curl_transport.hpp"
#include "curl/socket_options.hpp"
#include "curl/sockets.hpp"
#include "curl/transfer.hpp"
#include "support/eventually.hpp"
#include "support/http2.hpp"
#include "support/loop_transport.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"
#include "support/unread_peer.hpp"

namespace heymilo {
namespace {

namespace http2 = heymilo_test::http2;
using heymilo_test::CallKind;
using heymilo_test::CertificateAuthority;
using heymilo_test::eventually;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::LoopTransport;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;
using heymilo_test::UnreadPeer;
using std::chrono::milliseconds;

/// The settings of a socket of this process.
struct Settings {
  bool ends_with_reset = false;
  bool close_on_exec = false;
  milliseconds user_timeout{0};
};

template <class Value>
Value optionOf(int socket, int level, int name) {
  Value value{};
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(socket, level, name, &value, &size), 0);
  return value;
}

/// The sockets of this process that are connected to the port.
std::vector<Settings> settingsOfConnectionsTo(int port) {
  std::vector<Settings> all;
  for (int socket = 0; socket < 1024; ++socket) {
    if (socket_options::endOf(socket, socket_options::Side::remote).second != port) {
      continue;
    }
    Settings settings;
    const auto at_end = optionOf<linger>(socket, SOL_SOCKET, SO_LINGER);
    settings.ends_with_reset = at_end.l_onoff != 0 && at_end.l_linger == 0;
    settings.close_on_exec = (::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0;
#ifdef TCP_USER_TIMEOUT
    settings.user_timeout = milliseconds(optionOf<int>(socket, IPPROTO_TCP, TCP_USER_TIMEOUT));
#endif
    all.push_back(settings);
  }
  return all;
}

/// The scripts' records of the connections to their server.
class Seen {
 public:
  void look(int port) {
    const std::lock_guard<std::mutex> lock(mutex_);
    seen_ = settingsOfConnectionsTo(port);
  }
  /// The latest one, which must be from a single connection.
  Settings get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    EXPECT_EQ(seen_.size(), 1u);
    return seen_.empty() ? Settings() : seen_[0];
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Settings> seen_;
};

class WithTls : public ::testing::Test {
 protected:
  RawServerTls tls(const char* protocol) const {
    RawServerTls tls{ca.issue()};
    tls.protocol = protocol;
    return tls;
  }

  CurlOptions options() const {
    CurlOptions options;
    options.proxy = "";
    options.tls.ca_file = ca_file.path();
    return options;
  }

  const CertificateAuthority ca;
  const TemporaryFile ca_file{ca.certificate()};
};

class CurlSockets : public WithTls, public ::testing::WithParamInterface<CallKind> {
 protected:
  std::shared_ptr<Transport> makeTransport() const {
    if (GetParam() == CallKind::blocking) {
      return makeCurlTransport(options());
    }
    return std::make_shared<LoopTransport>(options());
  }
};

INSTANTIATE_TEST_SUITE_P(Both, CurlSockets,
                         ::testing::Values(CallKind::blocking, CallKind::non_blocking),
                         [](const auto& each) {
                           return each.param == CallKind::blocking ? "Blocking" : "NonBlocking";
                         });

TEST_P(CurlSockets, EndWithAResetAsLongAsARequestIsUnanswered) {
  for (const bool is_http2 : {false, true}) {
    Seen seen;
    std::atomic<int> port{0};
    RawServer server(
        [&](RawConnection& raw) {
          if (is_http2) {
            http2::Connection connection(raw);
            while (const auto request = connection.readRequest()) {
              seen.look(port);
              connection.answer(request->stream, "");
            }
          } else {
            while (raw.readRequest()) {
              seen.look(port);
              raw.send(httpAnswer("200 OK"));
            }
          }
        },
        is_http2 ? std::optional(tls("h2")) : std::nullopt);
    port = server.port();
    const auto transport = makeTransport();
    HttpRequest request = post(server.url(), "{}");
    for (const milliseconds timeout : {milliseconds(10'000), milliseconds(20'000)}) {
      request.timeout = timeout;
      EXPECT_EQ(transport->send(request, {}).status, 200);
      const Settings under_way = seen.get();
      EXPECT_TRUE(under_way.ends_with_reset);
      EXPECT_TRUE(under_way.close_on_exec);
#ifdef TCP_USER_TIMEOUT
      EXPECT_EQ(under_way.user_timeout, timeout + milliseconds(5000));
#endif
      const std::vector<Settings> idle = settingsOfConnectionsTo(port);
      ASSERT_EQ(idle.size(), 1u);
      EXPECT_FALSE(idle[0].ends_with_reset);
      EXPECT_TRUE(idle[0].close_on_exec);
    }
    EXPECT_EQ(server.connections(), 1u);
  }
}

#ifdef TCP_USER_TIMEOUT
TEST_P(CurlSockets, ARequestWithoutATimeoutLeavesThatToTheSystem) {
  Seen seen;
  std::atomic<int> port{0};
  RawServer server([&](RawConnection& raw) {
    while (raw.readRequest()) {
      seen.look(port);
      raw.send(httpAnswer("200 OK"));
    }
  });
  port = server.port();
  const auto transport = makeTransport();
  HttpRequest request = get(server.url());
  for (const milliseconds timeout : {milliseconds(0), milliseconds(1000), milliseconds(0)}) {
    request.timeout = timeout;
    transport->send(request, {});
    EXPECT_EQ(seen.get().user_timeout.count() == 0, timeout.count() == 0);
  }
  request.timeout = (milliseconds::max)();
  EXPECT_EQ(transport->send(request, {}).status, 200);
  EXPECT_GT(seen.get().user_timeout, std::chrono::hours(24));
}
#endif

TEST_P(CurlSockets, AnIdleConnectionEndsPolitely) {
  std::promise<bool> was_polite;
  RawServer server([&](RawConnection& raw) {
    raw.readRequest();
    raw.send(httpAnswer("200 OK"));
    raw.readToEnd();
    was_polite.set_value(raw.send("x"));  // to a connection that was reset, none can be written
  });
  auto transport = makeTransport();
  EXPECT_EQ(transport->send(get(server.url()), {}).status, 200);
  transport.reset();
  EXPECT_TRUE(was_polite.get_future().get());
}

TEST_P(CurlSockets, ARequestThatIsAnsweredBeforeItIsReadStillArrives) {
  std::promise<void> over;
  RawServer server(
      [&](RawConnection& raw) {
        raw.readBytes(1);
        raw.send(httpAnswer("200 OK"));
        over.get_future().wait();
        raw.readToEnd();
      },
      std::nullopt,
      4096);
  auto transport = makeTransport();
  const HttpRequest request = post(server.url(), UnreadPeer::body());
  EXPECT_EQ(transport->send(request, {}).status, 200);
  transport.reset();
  over.set_value();
  EXPECT_TRUE(server.waitForScripts());
  EXPECT_GE(server.received().at(0).size(), request.body.size());
}

// The whole request is in the sender's kernel, and the server responds before it reads further.
TEST_P(CurlSockets, AnAnswerThatLeavesTheOutcomeOpenEndsTheRequest) {
  const struct {
    const char* status;
    bool arrives;
  } answers[] = {{"503 Service Unavailable", false},
                 {"408 Request Timeout", false},
                 {"499 Client Closed Request", false},
                 {"302 Found", false},
                 {"201 Created", true}};
  for (const auto& answer : answers) {
    SCOPED_TRACE(answer.status);
    std::promise<int> port;
    std::promise<void> over;
    RawServer server(
        [&](RawConnection& raw) {
          raw.readBytes(1);
          const int listening = port.get_future().get();
          constexpr std::size_t kReceiver = 100'000;
          while (heymilo_test::unsentBytesTo(listening) + kReceiver < UnreadPeer::body().size()) {
            std::this_thread::yield();
          }
          raw.send(httpAnswer(answer.status));
          over.get_future().wait();
          raw.readToEnd();
        },
        std::nullopt,
        4096);
    port.set_value(server.port());
    auto transport = makeTransport();
    const HttpRequest request = post(server.url(), UnreadPeer::body());
    EXPECT_EQ(transport->send(request, {}).status, std::stoi(answer.status));
    if (answer.arrives) {
      transport.reset();
    }
    over.set_value();
    EXPECT_TRUE(server.waitForScripts());
    EXPECT_EQ(server.received().at(0).size() >= request.body.size(), answer.arrives);
  }
}

TEST_P(CurlSockets, ALargeAnswerOnAConnectionThatEndsIsWhole) {
  const std::string body(5'000'000, 'x');
  const std::string answers[] = {httpAnswer("200 OK", body, "Connection: close\r\n"),
                                 "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body};
  for (const std::string& answer : answers) {
    RawServer server([&](RawConnection& raw) {
      raw.readRequest();
      raw.send(answer);
    });
    const auto transport = makeTransport();
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(transport->send(post(server.url(), "{}"), {}).body, body);
    }
    EXPECT_EQ(server.connections(), 3u);
  }
}

TEST_P(CurlSockets, AChildThatEndsLeavesItsParentsRequestAlone) {
  std::promise<void> asked, child_gone;
  RawServer server([&](RawConnection& raw) {
    raw.readRequest();
    asked.set_value();
    child_gone.get_future().wait();
    raw.send(httpAnswer("200 OK", "whole"));
  });
  auto transport = makeTransport();
  auto response =
      std::async(std::launch::async, [&] { return transport->send(post(server.url(), "{}"), {}); });
  asked.get_future().wait();
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  child_gone.set_value();
  EXPECT_EQ(response.get().body, "whole");
}

// A child may only close its parent's sockets.
TEST(SocketsOfAParent, AreNotSetNorResetByAChild) {
  std::promise<bool> alive;
  RawServer server([&](RawConnection& raw) { alive.set_value(raw.readBytes(1) == "x"); });
  Sockets sockets;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  curl_sockaddr asked{};
  asked.family = AF_INET;
  asked.socktype = SOCK_STREAM;
  const curl_socket_t socket = sockets.open(asked);
  ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const HttpRequest request = post(server.url(), "{}");
  const auto end = [&](socket_options::Side side) {
    const auto [ip, port] = socket_options::endOf(socket, side);
    return Sockets::End{ip, port};
  };
  {
    Transfer transfer(request, sockets);
    EXPECT_TRUE(sockets.begin(
        transfer, end(socket_options::Side::local), end(socket_options::Side::remote)));
    const pid_t child = ::fork();
    if (child == 0) {
      sockets.finish(transfer);
      sockets.begin(transfer, end(socket_options::Side::local), end(socket_options::Side::remote));
      sockets.abandon(transfer);
      sockets.close(socket);
      ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_NE(optionOf<linger>(socket, SOL_SOCKET, SO_LINGER).l_onoff, 0);
    EXPECT_EQ(::send(socket, "x", 1, MSG_NOSIGNAL), 1);
    EXPECT_TRUE(alive.get_future().get());
  }
  // With its transfer, the connection is also closed here.
  EXPECT_EQ(::send(socket, "x", 1, MSG_NOSIGNAL), -1);
  sockets.close(socket);
}

/// HTTP/2 connections of the loop. The first request of the first connection gets no response.
class CurlLoopHttp2 : public WithTls {
 protected:
  std::promise<void> unanswered;
  RawServer server{[this](RawConnection& raw) {
                     http2::Connection connection(raw);
                     while (const auto request = connection.readRequest()) {
                       if (request->body == "unanswered") {
                         unanswered.set_value();
                       } else {
                         connection.answer(request->stream, request->body);
                       }
                     }
                   },
                   tls("h2")};
  LoopTransport transport{options()};
};

TEST_F(CurlLoopHttp2, ARequestThatIsGivenUpDisturbsNoOther) {
  const CancellationSource source;
  auto given_up = std::async(std::launch::async, [&] {
    return failureOf<CancelledError>(transport, post(server.url(), "unanswered"), source.token());
  });
  unanswered.get_future().wait();
  EXPECT_EQ(transport.send(post(server.url(), "other"), {}).body, "other");
  EXPECT_EQ(server.connections(), 2u);
  source.cancel();
  EXPECT_EQ(given_up.get().outcome(), Outcome::unknown);
  EXPECT_EQ(transport.send(post(server.url(), "next"), {}).body, "next");
  EXPECT_EQ(transport.send(get(server.url()), {}).body, "");
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(CurlLoopHttp2, AfterATimeoutTheNextRequestHasAConnectionOfItsOwn) {
  HttpRequest request = post(server.url(), "unanswered");
  request.timeout = milliseconds(1000);
  EXPECT_EQ(failureOf<TimeoutError>(transport, request).outcome(), Outcome::unknown);
  EXPECT_EQ(transport.send(post(server.url(), "next"), {}).body, "next");
  EXPECT_EQ(server.connections(), 2u);
  EXPECT_EQ(server.requests().size(), 2u);
}

// libcurl ends the stream of one transfer and gives its connection to the other within one call.
TEST_F(CurlLoopHttp2, ARequestThatBeginsAsAnotherTimesOutIsNotSentOnItsConnection) {
  HttpRequest request = post(server.url(), "unanswered");
  request.timeout = milliseconds(1000);
  std::promise<std::string> response;
  auto given_up =
      std::async(std::launch::async, [&] { return failureOf<TimeoutError>(transport, request); });
  unanswered.get_future().wait();
  transport.loop().post([&] {
    std::this_thread::sleep_for(2 * request.timeout);  // the loop's thread: it hears of no timeout
    transport.loop().send(std::make_shared<HttpRequest>(post(server.url(), "other")),
                          options(),
                          {},
                          [&](const HttpResponse& answer, const std::exception_ptr& error) {
                            response.set_value(error ? "none" : answer.body);
                          });
  });
  EXPECT_EQ(given_up.get().outcome(), Outcome::unknown);
  EXPECT_EQ(response.get_future().get(), "other");
  EXPECT_EQ(server.connections(), 2u);
  EXPECT_EQ(server.requests().size(), 2u);
}

}  // namespace
}  // namespace heymilo
