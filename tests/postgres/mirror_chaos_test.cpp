// All accidents at the same time, with a mirror in PostgreSQL: mirror_candidates is killed, the
// database is killed, frozen, and ends sessions, the API fails, candidates change and are deleted.
// In the end the table equals the server, and nothing is left of anybody who was deleted.
//
// HEYMILO_TEST_SEED and HEYMILO_TEST_SECONDS repeat it or make it longer.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <thread>

#include "postgres/killed_database.hpp"
#include "support/postgres.hpp"
#include "workflows/mirror/mirror_kills.hpp"

namespace heymilo_test {
namespace {

class TroubledDatabase final : public KilledDatabase {
 public:
  explicit TroubledDatabase(PostgresServer& server)
      : KilledDatabase(server.url()), server_(server) {}

  void disturb(std::uint64_t random) override {
    const std::chrono::milliseconds length{random / 8 % 300};
    switch (random % 8) {
      case 0:
        server_.stop(random / 16 % 2 == 0 ? PostgresServer::Stop::immediate
                                          : PostgresServer::Stop::fast);
        std::this_thread::sleep_for(length);
        server_.start();
        connectAgain();
        ++stops_;
        break;
      case 1:
        server_.freeze(true);
        std::this_thread::sleep_for(length);
        server_.freeze(false);
        ++freezes_;
        break;
      case 2:
        server_.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'");
        connectAgain();
        ++ends_;
        break;
      default:
        break;
    }
  }

  /// Of these, at least one each.
  void expectTrouble() const {
    std::cout << "the database was stopped " << stops_ << " times and frozen " << freezes_
              << " times, and ended all sessions " << ends_ << " times\n";
    EXPECT_GT(stops_ + freezes_ + ends_, 0);
  }

 private:
  PostgresServer& server_;
  int stops_ = 0, freezes_ = 0, ends_ = 0;
};

TEST(PostgresMirrorChaos, TheTableEqualsTheServer) {
  PostgresServer server;
  TroubledDatabase mirror(server);
  killMirrors(mirror, MirrorChanging::any_erased);
  mirror.expectTrouble();
}

}  // namespace
}  // namespace heymilo_test
