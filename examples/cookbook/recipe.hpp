#pragma once

#include <gtest/gtest.h>

#include <heymilo/heymilo.hpp>
#include <heymilo/testing/mock_server.hpp>

/// The environment of a cookbook recipe: a server in this process with an empty posting
/// `posting-id`, and options for its clients.
class Recipe : public testing::Test {
 protected:
  Recipe() {
    server.addPosting("posting-id");
    options.api_key = "test-key";
    options.base_url = server.url();
    options.retry.initial_backoff = std::chrono::milliseconds{1};
  }

  heymilo::testing::MockServer server;
  heymilo::ClientOptions options;
};
