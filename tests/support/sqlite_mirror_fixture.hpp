#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/sqlite_mirror.hpp"
#include "support/mirror_file.hpp"
#include "support/mock_client.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo::workflows {

/// For INTERNAL tests of a mirror in a file of its own, against a mock server with a posting `p`.
class SqliteMirrorTest : public ::testing::Test {
 protected:
  SqliteMirrorTest() { server.addPosting("p"); }

  Client client() const {
    ClientOptions options = heymilo_test::mockClientOptions(server);
    options.rate_limit.reset();
    options.retry.max_retries = 0;
    return Client(options);
  }

  MirrorResult mirror(bool full = false) {
    SqliteMirror sink(file, "p");
    MirrorOptions options;
    options.full = full;
    return mirrorCandidates(client(), "p", sink, options);
  }

  void expectEqual() { heymilo_test::MirrorFile(file).expectEqual(server.candidates("p")); }

  std::vector<std::string> texts(const std::string& sql) {
    heymilo_test::MirrorFile mirror(file);
    sqlite::Statement statement(mirror.database(), sql);
    std::vector<std::string> all;
    while (statement.step()) {
      all.push_back(statement.text(0));
    }
    return all;
  }

  static testing::MockServerOptions serverOptions() {
    testing::MockServerOptions options;
    options.start_time = parseTimestamp("2026-03-01");
    options.unknown_property_rate = 0.3;
    return options;
  }

  testing::MockServer server{serverOptions()};
  heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("mirror.db");
};

}  // namespace heymilo::workflows
