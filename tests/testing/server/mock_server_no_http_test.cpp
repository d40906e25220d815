// The mock server built without HTTP.

#include <gtest/gtest.h>

#include <stdexcept>

#include "heymilo/client.hpp"
#include "heymilo/testing/mock_server.hpp"

namespace heymilo::testing {
namespace {

TEST(MockServerNoHttp, IsReachedInProcess) {
  MockServer server;
  server.addPosting("p", 3);
  EXPECT_EQ(Client(server.clientOptions()).listCandidates("p").data.size(), 3u);
  EXPECT_EQ(server.openConnections(), 0u);
  server.closeIdleConnections();
}

TEST(MockServerNoHttp, HasNoPortAndNoUrl) {
  const MockServer server;
  EXPECT_THROW(server.port(), std::logic_error);
  EXPECT_THROW(server.url(), std::logic_error);
}

TEST(MockServerNoHttp, IsNotFoundByAClientWithASocket) {
  const MockServer server;
  ClientOptions options = server.clientOptions();
  options.transport = nullptr;
  options.retry.max_retries = 0;
  try {
    Client(options).listCandidates("p");
    FAIL();
  } catch (const ConnectionError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
}

}  // namespace
}  // namespace heymilo::testing
