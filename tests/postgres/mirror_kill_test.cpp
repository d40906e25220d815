// mirror_candidates is killed again and again while it mirrors into PostgreSQL: mirror_kills.hpp.

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "postgres/mirror_user.hpp"
#include "support/postgres.hpp"
#include "workflows/mirror/mirror_kills.hpp"

namespace heymilo_test {
namespace {

class KilledDatabase final : public KilledMirror {
 public:
  explicit KilledDatabase(std::string url) : url_(url), user_(url, url) {}

  std::string database() const override { return url_; }

  /// A statement of a killed program may still be carried out, and may be the one that makes the
  /// tables: who locks its posting's row waits for it.
  std::optional<Walk> walk() override {
    if (user_.run("SELECT to_regclass('heymilo.mirror')").rows[0][0] == std::nullopt) {
      return std::nullopt;
    }
    const auto rows = user_.run(
        "SELECT last_walk, walk->>'cursor', (walk->>'created_before' IS NOT NULL)::integer "
        "FROM heymilo.mirror WHERE walk IS NOT NULL FOR UPDATE");
    if (rows.empty()) {
      return std::nullopt;
    }
    return Walk{
        static_cast<std::uint64_t>(rows.number(0, 0)), rows.text(0, 1), rows.number(0, 2) != 0};
  }

  nlohmann::json candidates() override { return user_.candidates("p"); }

 private:
  const std::string url_;
  PostgresUser user_;
};

class PostgresMirrorKilled : public testing::TestWithParam<MirrorChanging> {};

TEST_P(PostgresMirrorKilled, TheTableEqualsTheServer) {
  const PostgresServer server;
  KilledDatabase mirror(server.url());
  killMirrors(mirror, GetParam());
}

INSTANTIATE_TEST_SUITE_P(, PostgresMirrorKilled,
                         testing::Values(MirrorChanging::seen_by_every_run, MirrorChanging::any));

}  // namespace
}  // namespace heymilo_test
