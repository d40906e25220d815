// mirror_candidates is killed again and again while it mirrors into a file: mirror_kills.hpp.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "support/mirror_file.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/mirror/mirror_kills.hpp"
#include "workflows/mirror/sqlite_files.hpp"

namespace heymilo_test {
namespace {

class KilledFile final : public KilledMirror {
 public:
  std::string database() const override { return SqliteFiles(directory_.path()).fileOf("p"); }

  std::optional<Walk> walk() override {
    if (!std::filesystem::exists(database())) {
      return std::nullopt;
    }
    MirrorFile file(database());
    if (file.integer("SELECT count(*) FROM sqlite_master WHERE name = 'mirror'") == 0 ||
        file.integer("SELECT walk_cursor IS NULL FROM mirror") != 0) {
      return std::nullopt;
    }
    return Walk{static_cast<std::uint64_t>(file.integer("SELECT last_walk FROM mirror")),
                file.text("SELECT walk_cursor FROM mirror"),
                file.integer("SELECT walk_created_before IS NOT NULL FROM mirror") != 0};
  }

  nlohmann::json candidates() override { return SqliteFiles(directory_.path()).candidates("p"); }

  /// In any of SQLite's files.
  bool hasTrace(const std::string& text) override {
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      if (bytes.find(text) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

 private:
  const TemporaryDirectory directory_;
};

class MirrorKilled : public ::testing::TestWithParam<MirrorChanging> {};

TEST_P(MirrorKilled, TheTableEqualsTheServer) {
  KilledFile mirror;
  killMirrors(mirror, GetParam());
}

INSTANTIATE_TEST_SUITE_P(, MirrorKilled,
                         ::testing::Values(MirrorChanging::seen_by_every_run, MirrorChanging::any,
                                           MirrorChanging::any_erased));

}  // namespace
}  // namespace heymilo_test
