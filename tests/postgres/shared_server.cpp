#include "postgres/shared_server.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace heymilo_test {
namespace {

std::unique_ptr<PostgresServer> shared_server;

class StopsSharedServer : public ::testing::Environment {
 public:
  void TearDown() override { shared_server.reset(); }
};
const ::testing::Environment* const kStopsSharedServer =
    ::testing::AddGlobalTestEnvironment(new StopsSharedServer);

}  // namespace

PostgresServer& sharedServer() {
  if (!shared_server) {
    shared_server = std::make_unique<PostgresServer>();
  }
  return *shared_server;
}

void emptySharedServer() { sharedServer().sql("DROP SCHEMA IF EXISTS heymilo CASCADE"); }

}  // namespace heymilo_test
