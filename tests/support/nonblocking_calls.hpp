#pragma once

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <typeinfo>

#include "heymilo/nonblocking.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"

namespace heymilo::test {

inline const CandidateIngestRequest kAda{"Ada Example", "ada@example.com"};

/// For a client without a quota.
inline ClientOptions optionsFor(const testing::MockServer& server) {
  ClientOptions options = heymilo_test::mockClientOptions(server);
  options.rate_limit.reset();
  return options;
}

/// A server with a posting of 30 candidates, and options for its clients.
class NonBlockingCalls : public ::testing::Test {
 protected:
  NonBlockingCalls() { server.addPosting("p", 30); }

  testing::MockServer server;
  ClientOptions options = optionsFor(server);
};

/// The error of a call, which must be exactly an Expected.
template <class Expected, class Answer>
Expected failureOf(std::future<Answer> future) {
  try {
    future.get();
  } catch (const Expected& error) {
    EXPECT_EQ(typeid(error), typeid(Expected)) << error.what();
    return error;
  }
  throw std::logic_error("an answer came");
}

}  // namespace heymilo::test
