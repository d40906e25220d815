#pragma once

#ifdef __linux__  // a DNS lookup can be delayed, and a connection held pending

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <heymilo/client.hpp>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <typeinfo>
#include <vector>

#include "support/eventually.hpp"
#include "support/full_port.hpp"
#include "support/loopback.hpp"
#include "support/raw_server.hpp"
#include "support/sanitizers.hpp"
#include "support/slow_lookup.hpp"
#include "support/temporary_file.hpp"
#include "support/tls_certificates.hpp"

/// The phases in which a call can time out or be cancelled. Each is a server that keeps calls
/// there, and reports them.
namespace heymilo_test::phases {

using namespace heymilo;  // NOLINT: the subject of the measurement
using std::chrono::milliseconds;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t kCallers = 25;  // in parallel

// libcurl counts in whole milliseconds.
constexpr Milliseconds kGranularity{2};

enum class End { deadline, cancellation };

inline ClientOptions optionsFor(std::string base_url) {
  ClientOptions options;
  options.api_key = "key";
  options.base_url = std::move(base_url);
  options.proxy = "";
  options.rate_limit.reset();
  return options;
}

/// Keeps calls in one phase.
class Phase {
 public:
  Phase(const char* phase_name, Outcome expected_outcome, const char* expected_words)
      : name(phase_name), outcome(expected_outcome), words(expected_words) {}
  virtual ~Phase() = default;
  Phase(const Phase&) = delete;
  Phase& operator=(const Phase&) = delete;

  virtual void call(const RequestOptions& options) { client->listCandidates("p", {}, options); }
  /// Waits until this many calls have reached the phase since the beginning, by the record of the
  /// other side; the last kCallers of them are in it at the same time.
  virtual bool reached(std::size_t calls) = 0;
  /// How much earlier than its deadline a call may end.
  virtual Milliseconds mayEndEarlier() const { return kGranularity; }
  virtual void check(const Error& error, End end) const {
    EXPECT_EQ(typeid(error), end == End::deadline ? typeid(TimeoutError) : typeid(CancelledError))
        << error.what();
    EXPECT_EQ(error.outcome(), outcome) << error.what();
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }

  const char* const name;
  const Outcome outcome;
  const char* const words;  // of what()
  // Until then 25 calls have to get to the phase, bodies included, on a machine with other work.
  milliseconds deadline{heymilo_test::kSanitized ? 2000 : 1000};
  milliseconds span{100};  // within which the cancellations come, once all calls are there
  std::optional<Client> client;
};

/// The quota is one request, and that one gets no response.
class QuotaWait final : public Phase {
 public:
  QuotaWait()
      : Phase("quota wait", Outcome::not_sent, "quota"), server_([](RawConnection& connection) {
          connection.readRequest();
          connection.readToEnd();
        }) {
    ClientOptions options = optionsFor(server_.url());
    options.rate_limit = RateLimit{1, std::chrono::hours{1}};
    options.on_event = [this](const Event& event) {
      waiting_ += event.kind == EventKind::throttled ? 1 : 0;
    };
    client.emplace(options);
    holder_ = std::thread([this] {
      RequestOptions held;
      held.cancellation = release_.token();
      EXPECT_THROW(client->listCandidates("p", {}, held), CancelledError);
    });
    EXPECT_TRUE(server_.waitForRequests(1));
  }
  ~QuotaWait() override {
    release_.cancel();
    holder_.join();
    EXPECT_EQ(server_.connections(), 1u);
  }
  bool reached(std::size_t calls) override {
    return eventually([&] { return waiting_ >= calls; });
  }

 private:
  RawServer server_;
  std::atomic<std::size_t> waiting_{0};
  const CancellationSource release_;
  std::thread holder_;
};

class LookUp final : public Phase {
 public:
  LookUp() : Phase("DNS lookup", Outcome::not_sent, "connecting to slow.test:443") {
    client.emplace(optionsFor("https://slow.test"));
  }
  ~LookUp() override { lookup_.letGo(); }
  bool reached(std::size_t calls) override {
    return eventually([&] { return lookup_.begun() - before_ >= static_cast<int>(calls); });
  }

 private:
  heymilo_test::SlowLookup& lookup_ = heymilo_test::SlowLookup::instance();
  const int before_ = lookup_.begun();
};

class Connect final : public Phase {
 public:
  Connect() : Phase("connect", Outcome::not_sent, "connecting to 127.0.0.1") {
    client.emplace(optionsFor("http://127.0.0.1:" + std::to_string(port_.port())));
  }
  bool reached(std::size_t) override {
    return eventually([&] { return port_.connecting() - before_ >= static_cast<int>(kCallers); });
  }

 private:
  const heymilo_test::FullPort port_;
  const int before_ = port_.connecting();
};

/// A phase in which the server has the connection. The script reports when it is there.
class WithServer : public Phase {
 public:
  WithServer(const char* phase_name, Outcome expected_outcome, const char* expected_words,
             std::function<void(RawConnection&, std::atomic<std::size_t>&)> script)
      : Phase(phase_name, expected_outcome, expected_words),
        server_([this, script](RawConnection& connection) { script(connection, there_); }) {
    client.emplace(optionsFor(server_.url()));
  }
  bool reached(std::size_t calls) override {
    return eventually([&] { return there_ >= calls; });
  }

 protected:
  std::atomic<std::size_t> there_{0};
  RawServer server_;
};

/// The server has read the client's TLS hello, and does not respond.
class Tls final : public WithServer {
 public:
  Tls()
      : WithServer("TLS", Outcome::not_sent, "connecting to 127.0.0.1",
                   [](RawConnection& connection, std::atomic<std::size_t>& there) {
                     constexpr char kHandshake = 22;  // RFC 8446, section 5.1
                     if (connection.readBytes(1) == std::string(1, kHandshake)) {
                       ++there;
                     }
                     connection.readToEnd();
                   }) {
    // One CA. Reading the system's CAs takes a core some 25 ms for each new connection: many calls
    // in parallel would wait for that, and not for the server.
    ClientOptions options = optionsFor("https://127.0.0.1:" + std::to_string(server_.port()));
    options.tls.ca_file = ca_file_.path();
    client.emplace(options);
  }

 private:
  const heymilo_test::TemporaryFile ca_file_{heymilo_test::CertificateAuthority().certificate()};
};

/// The server reads the first bytes of the request and no more. Its buffer and the kernel's are
/// small: a small body is sufficient, and the size of a large one would not distort the
/// measurement.
class StalledSend final : public Phase {
 public:
  StalledSend()
      : Phase("stalled send", Outcome::not_sent, "sending the request"),
        listener_(heymilo_test::bindLoopback(port_)) {
    const int segment = 536;
    const int buffer = 4096;
    EXPECT_EQ(::setsockopt(listener_, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment), 0);
    EXPECT_EQ(::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer), 0);
    EXPECT_EQ(::listen(listener_, 128), 0);
    client.emplace(optionsFor("http://127.0.0.1:" + std::to_string(port_)));
    request_.name = "A";
    request_.email = "a@example.com";
    request_.data = nlohmann::json::object({{"text", std::string(150'000, 'x')}});
  }
  ~StalledSend() override {
    for (const int socket : accepted_) {
      ::close(socket);
    }
    ::close(listener_);
  }
  void call(const RequestOptions& options) override {
    client->ingestCandidate("p", request_, options);
  }
  bool reached(std::size_t calls) override {
    while (accepted_.size() < calls) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 10'000) != 1) {
        return false;
      }
      accepted_.push_back(::accept(listener_, nullptr, nullptr));
      char bytes[1000];
      if (::recv(accepted_.back(), bytes, sizeof bytes, MSG_WAITALL) != sizeof bytes) {
        return false;
      }
    }
    return true;
  }

 private:
  int port_ = 0;  // set by the socket's initializer: the order matters
  const int listener_;
  std::vector<int> accepted_;
  CandidateIngestRequest request_;
};

class SlowFirstByte final : public WithServer {
 public:
  SlowFirstByte()
      : WithServer("slow first byte", Outcome::unknown, "waiting for the response",
                   [](RawConnection& connection, std::atomic<std::size_t>& there) {
                     if (connection.readRequest()) {
                       ++there;
                     }
                     connection.readToEnd();
                   }) {}
};

class SlowBody final : public WithServer {
 public:
  SlowBody()
      : WithServer("a byte a second", Outcome::unknown, "reading the response",
                   [](RawConnection& connection, std::atomic<std::size_t>& there) {
                     if (connection.readRequest() &&
                         connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")) {
                       ++there;
                     }
                     connection.drip(std::string(100, ' '), std::chrono::seconds{1});
                   }) {
    deadline = milliseconds{1'100};
    span = milliseconds{600};
  }
};

/// Each attempt gets a 503. By the contract no wait exceeds the deadline: a call that would have to
/// wait longer ends earlier, with the error.
class Backoff final : public WithServer {
 public:
  explicit Backoff(End end)
      : WithServer("backoff", Outcome::not_sent, "waiting to try again",
                   [end](RawConnection& connection, std::atomic<std::size_t>& there) {
                     const std::string answer = heymilo_test::httpAnswer(
                         "503 Busy", "", end == End::cancellation ? "Retry-After: 100\r\n" : "");
                     for (bool first = true; connection.readRequest(); first = false) {
                       there += end == End::cancellation || !first ? 1 : 0;
                       connection.send(answer);
                     }
                   }) {
    ClientOptions options = optionsFor(server_.url());
    options.retry.max_retries = 1'000'000;
    options.retry.initial_backoff = options.retry.max_backoff = kLongestWait;
    options.on_event = [this](const Event& event) {
      waits_ += event.kind == EventKind::retry ? 1 : 0;
    };
    client.emplace(options);
  }
  bool reached(std::size_t calls) override {
    return WithServer::reached(calls) && eventually([&] { return waits_ >= calls; });
  }
  Milliseconds mayEndEarlier() const override { return kLongestWait + kGranularity; }
  void check(const Error& error, End end) const override {
    if (end == End::cancellation) {
      Phase::check(error, end);
    } else if (typeid(error) != typeid(ServerError)) {
      EXPECT_EQ(typeid(error), typeid(TimeoutError)) << error.what();
    }
  }

 private:
  static constexpr milliseconds kLongestWait{50};
  std::atomic<std::size_t> waits_{0};
};

}  // namespace heymilo_test::phases

#endif
