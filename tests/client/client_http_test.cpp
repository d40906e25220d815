// What a client does where it is not handed a transport: libcurl's connections, and the
// environment.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "heymilo/client.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"

namespace heymilo {
namespace {

using heymilo::testing::MockServer;
using heymilo::testing::MockServerOptions;
using heymilo_test::mockClientOptions;
using ::testing::HasSubstr;

/// Sets an environment variable for as long as it lives.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
#ifdef _WIN32
    _putenv_s(name, value.c_str());
#else
    setenv(name, value.c_str(), 1);
#endif
  }
  ~Environment() {
#ifdef _WIN32
    _putenv_s(name_, "");
#else
    unsetenv(name_);
#endif
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

class ClientHttp : public ::testing::Test {
 protected:
  ClientHttp() { server.addPosting("p1"); }
  Client client() const { return Client(options); }

  MockServer server;
  ClientOptions options = mockClientOptions(server);
};

TEST_F(ClientHttp, ReadsSideBySideWithNoMoreConnectionsThanItKeeps) {
  MockServerOptions slow;
  slow.latency = std::chrono::milliseconds{5};
  MockServer other(slow);
  other.addPosting("p2", 2'000);
  options.base_url = other.url();
  options.max_connections = 1;
  options.rate_limit.reset();
  std::size_t count = 0;
  for (const CandidateResponse& candidate : client().listAllCandidatesInParallel("p2", 8)) {
    count += candidate.interview_id.empty() ? 0U : 1U;
  }
  EXPECT_EQ(count, 2'000u);
  EXPECT_LE(other.requestCount(), 21u);  // one by one, and one that asks who has no created_at
}

TEST_F(ClientHttp, SaysWhenNobodyListensAndWhenNobodyIsFound) {
  RequestOptions once;
  once.max_retries = 0;
  {
    MockServer gone;
    options.base_url = gone.url();
  }
  try {
    client().ingestCandidate("p1", {"Ada Example", "ada@example.com"}, once);
    FAIL();
  } catch (const ConnectionError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  options.base_url = "https://no-such-host.invalid";
  try {
    client().listCandidates("p1", {}, once);
    FAIL();
  } catch (const ConnectionError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_THAT(error.what(), HasSubstr("no-such-host.invalid"));
  }
}

TEST_F(ClientHttp, FillsWhatIsUnsetFromTheEnvironment) {
  EXPECT_THROW(Client::fromEnvironment(), InvalidArgumentError);
  const Environment key("HEYMILO_API_KEY", "test-key");
  const Environment url("HEYMILO_BASE_URL", server.url());
  {
    const Environment workspace("HEYMILO_WORKSPACE_ID", "w1");
    Client::fromEnvironment().listCandidates("p1");
    EXPECT_EQ(server.requests().back().header("X-Workspace-Id"), "w1");
    ClientOptions own;
    own.workspace_id = "w2";
    Client::fromEnvironment(own).listCandidates("p1");
    EXPECT_EQ(server.requests().back().header("X-Workspace-Id"), "w2");
  }
  Client::fromEnvironment().listCandidates("p1");
  EXPECT_EQ(server.requests().back().header("X-Workspace-Id"), std::nullopt);
  ClientOptions wrong;
  wrong.api_key = "own";
  EXPECT_THROW(Client::fromEnvironment(wrong).listCandidates("p1"), AuthenticationError);
}

TEST_F(ClientHttp, LeavesABaseUrlThatIsSetWhateverItsText) {
  const Environment key("HEYMILO_API_KEY", "test-key");
  const Environment url("HEYMILO_BASE_URL", "http://127.0.0.1:1");
  for (const char* own : {"https://api.heymilo.ai", "https://api.heymilo.ai/"}) {
    ClientOptions set;
    set.base_url = own;
    std::string asked;
    set.transport = std::make_shared<testing::FakeTransport>(
        [&asked](const HttpRequest& request, const CancellationToken&) -> HttpResponse {
          asked = request.url;
          throw ConnectionError("not today", Outcome::not_sent, true);
        });
    EXPECT_THROW(Client::fromEnvironment(set).listCandidates("p1"), ConnectionError);
    EXPECT_EQ(asked, "https://api.heymilo.ai/api/v2/postings/p1/candidates");
  }
}

}  // namespace
}  // namespace heymilo
