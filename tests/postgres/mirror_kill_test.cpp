// mirror_candidates is killed again and again while it mirrors into PostgreSQL: mirror_kills.hpp.

#include <gtest/gtest.h>

#include "postgres/killed_database.hpp"
#include "support/postgres.hpp"
#include "workflows/mirror/mirror_kills.hpp"

namespace heymilo_test {
namespace {

class PostgresMirrorKilled : public ::testing::TestWithParam<MirrorChanging> {};

TEST_P(PostgresMirrorKilled, TheTableEqualsTheServer) {
  const PostgresServer server;
  KilledDatabase mirror(server.url());
  killMirrors(mirror, GetParam());
}

INSTANTIATE_TEST_SUITE_P(, PostgresMirrorKilled,
                         ::testing::Values(MirrorChanging::seen_by_every_run, MirrorChanging::any,
                                           MirrorChanging::any_erased));

}  // namespace
}  // namespace heymilo_test
