// The transport's obligations to its process, where TLS and libcurl would do otherwise.

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "curl/curl_transport.hpp"
#include "curl/sigpipe_guard.hpp"
#include "support/raw_server.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::CertificateAuthority;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;

class CurlGuest : public ::testing::Test {
 protected:
  std::shared_ptr<Transport> makeTransport() const {
    CurlOptions options;
    options.proxy = "";
    options.tls.ca_file = ca_file.path();
    return makeCurlTransport(options);
  }

  const CertificateAuthority ca;
  const TemporaryFile ca_file{ca.certificate()};
};

/// Runs the function in a child process. Whether it returned true within a minute.
template <class Function>
bool inChild(Function function) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    ::_exit(function() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool succeeds(Transport& transport, const std::string& url) {
  try {
    return transport.send(get(url), {}).status == 200;
  } catch (const std::exception&) {
    return false;
  }
}

TEST_F(CurlGuest, AChildLeavesItsParentsConnectionsAlone) {
  for (const bool secure : {false, true}) {
    RawServer server(answering(httpAnswer("200 OK")),
                     secure ? std::optional(RawServerTls{ca.issue()}) : std::nullopt);
    auto transport = makeTransport();
    ASSERT_TRUE(succeeds(*transport, server.url("/parent")));
    EXPECT_TRUE(inChild([&] {
      const bool done =
          succeeds(*transport, server.url("/child")) && succeeds(*transport, server.url("/child"));
      transport.reset();
      return done;
    }));
    // A child that only destroys it: no TLS shutdown on the parent's connection.
    EXPECT_TRUE(inChild([&] {
      transport.reset();
      return true;
    }));
    ASSERT_TRUE(succeeds(*transport, server.url("/parent")));
    ASSERT_EQ(server.requests().size(), 4u);
    EXPECT_EQ(server.requests()[0].connection, 0u);
    EXPECT_EQ(server.requests()[1].connection, 1u);
    EXPECT_EQ(server.requests()[2].connection, 1u);
    EXPECT_EQ(server.requests()[3].connection, 0u);
    EXPECT_EQ(server.connections(), 2u);
  }
}

TEST_F(CurlGuest, AChildIsBornWhileOthersUseTheTransport) {
  RawServer server(answering(httpAnswer("200 OK")));
  const auto transport = makeTransport();
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        EXPECT_TRUE(succeeds(*transport, server.url()));
      }
    });
  }
  // A sanitizer's own locks may be held at the moment of the fork; the child would then never run.
  // Few children are forked there.
  for (std::size_t i = 0; i < heymilo_test::effort(20); ++i) {
    EXPECT_TRUE(inChild([&] { return succeeds(*transport, server.url()); }));
  }
  done = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
}

volatile std::sig_atomic_t sigpipes = 0;
void countSigpipe(int) { sigpipes = sigpipes + 1; }

/// Counts SIGPIPEs instead of the host's handler, which must still be installed at the end.
class SigpipeCounter {
 public:
  SigpipeCounter() {
    sigpipes = 0;
    struct sigaction counting = {};
    counting.sa_handler = &countSigpipe;
    ::sigaction(SIGPIPE, &counting, &before_);
  }
  ~SigpipeCounter() {
    struct sigaction after = {};
    ::sigaction(SIGPIPE, &before_, &after);
    EXPECT_EQ(after.sa_handler, &countSigpipe);
  }
  SigpipeCounter(const SigpipeCounter&) = delete;
  SigpipeCounter& operator=(const SigpipeCounter&) = delete;

 private:
  struct sigaction before_ = {};
};

TEST_F(CurlGuest, TheGuardTakesTheSignalOfAWriteThatNobodyReads) {
  const SigpipeCounter counter;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  {
    const SigpipeGuard guard;
    EXPECT_EQ(::write(ends[1], "x", 1), -1);
    EXPECT_EQ(errno, EPIPE);
  }
  EXPECT_EQ(sigpipes, 0);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);  // it is over with the guard
  EXPECT_EQ(sigpipes, 1);
  ::close(ends[1]);
}

TEST_F(CurlGuest, NoSigpipeComesFromAConnectionThatIsGone) {
  const SigpipeCounter counter;
  // TLS writes its shutdown on it.
  for (int i = 0; i < 10; ++i) {
    RawServer server(
        [](RawConnection& connection) {
          connection.readRequest();
          connection.send(httpAnswer("200 OK"));
          connection.reset();
        },
        RawServerTls{ca.issue()});
    auto transport = makeTransport();
    EXPECT_TRUE(succeeds(*transport, server.url()));
    EXPECT_TRUE(server.waitForScripts());
    transport.reset();
  }
  // A body is sent on it.
  for (int i = 0; i < 10; ++i) {
    RawServer server(
        [](RawConnection& connection) {
          connection.readBytes(1000);
          connection.reset();
        },
        RawServerTls{ca.issue()});
    EXPECT_THROW(makeTransport()->send(post(server.url(), std::string(10'000'000, 'x')), {}),
                 ConnectionError);
  }
  EXPECT_EQ(sigpipes, 0);
}

TEST_F(CurlGuest, TheSignalMaskAndWhatIsPendingStayAsTheyWere) {
  RawServer server(answering(httpAnswer("200 OK")));
  const auto transport = makeTransport();
  sigset_t sigpipe;
  sigemptyset(&sigpipe);
  sigaddset(&sigpipe, SIGPIPE);
  sigset_t original;
  pthread_sigmask(SIG_SETMASK, nullptr, &original);
  EXPECT_TRUE(succeeds(*transport, server.url()));
  sigset_t now;
  pthread_sigmask(SIG_SETMASK, nullptr, &now);
  EXPECT_EQ(sigismember(&now, SIGPIPE), sigismember(&original, SIGPIPE));

  pthread_sigmask(SIG_BLOCK, &sigpipe, nullptr);
  pthread_kill(pthread_self(), SIGPIPE);  // the host's own, which it has yet to look at
  EXPECT_TRUE(succeeds(*transport, server.url()));
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 1);
  int taken = 0;
  sigwait(&sigpipe, &taken);
  pthread_sigmask(SIG_SETMASK, &original, nullptr);
}

TEST_F(CurlGuest, AHostMayUseLibcurlItself) {
  RawServer server(answering(httpAnswer("200 OK")));
  const auto fetch = [&server] {
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, server.url("/host").c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    const CURLcode code = curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    return code;
  };
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto transport = makeTransport();
  EXPECT_TRUE(succeeds(*transport, server.url()));
  EXPECT_EQ(fetch(), CURLE_OK);
  curl_global_cleanup();  // the host's, for its own
  EXPECT_TRUE(succeeds(*transport, server.url()));
  transport.reset();
  EXPECT_EQ(fetch(), CURLE_OK);
}

}  // namespace
}  // namespace heymilo
