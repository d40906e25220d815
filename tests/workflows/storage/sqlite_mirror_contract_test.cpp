// A mirror in SQLite: what each mirror has to do.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "heymilo/workflows/sqlite_mirror.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo_test {
namespace {

using heymilo::workflows::MirrorSink;
using heymilo::workflows::SqliteMirror;
using heymilo::workflows::sqlite::Database;
using heymilo::workflows::sqlite::Statement;

/// A file for each posting.
class SqliteFiles : public MirrorDatabase {
 public:
  std::shared_ptr<MirrorSink> open(const std::string& posting) override {
    auto sink = std::make_shared<SqliteMirror>(fileOf(posting), posting);
    if (databases_.count(posting) == 0) {
      databases_.emplace(posting, fileOf(posting));
    }
    return sink;
  }

  nlohmann::json candidates(const std::string& posting) override {
    Database& database = databases_.at(posting);
    std::vector<std::string> names, types;
    Statement columns(database, "SELECT name, type FROM pragma_table_info('candidates')");
    std::string list;
    while (columns.step()) {
      names.push_back(columns.text(0));
      types.push_back(columns.text(1));
      list += (list.empty() ? "" : ", ") + names.back();
    }
    nlohmann::json all = nlohmann::json::object();
    Statement rows(database, "SELECT " + list + " FROM candidates");
    while (rows.step()) {
      nlohmann::json row;
      for (std::size_t at = 0; at < names.size(); ++at) {
        row[names[at]] = valueOf(rows, static_cast<int>(at), names[at], types[at]);
      }
      all[row["interview_id"].get<std::string>()] = row;
    }
    return all;
  }

  std::vector<std::string> history(const std::string& interview_id) override {
    return texts("p",
                 "SELECT status || ' ' || ifnull(current_step_id, '-') || ' ' || "
                 "ifnull(current_step_order, '-') FROM candidate_history WHERE interview_id = '" +
                     interview_id + "' ORDER BY observed_at, rowid");
  }

  std::vector<std::string> tombstones(const std::string& posting) override {
    return texts(posting, "SELECT tombstone FROM candidate_tombstones");
  }

  void age(std::chrono::hours hours) override {
    for (auto& [posting, database] : databases_) {
      database.execute("UPDATE candidates SET gone_at = gone_at - 3600 * " +
                       std::to_string(hours.count()));
    }
  }

  bool hasTrace(const std::string& text) override {
    for (auto& [posting, database] : databases_) {
      for (const std::string& table :
           texts(posting, "SELECT name FROM sqlite_master WHERE type = 'table'")) {
        Statement width(database, "SELECT count(*) FROM pragma_table_info('" + table + "')");
        width.step();
        Statement rows(database, "SELECT * FROM " + table);
        while (rows.step()) {
          for (int column = 0; column < width.integer(0); ++column) {
            if (rows.text(column).find(text) != std::string::npos) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

 private:
  std::string fileOf(const std::string& posting) const { return directory_.file(posting + ".db"); }

  static nlohmann::json valueOf(const Statement& rows, int column, const std::string& name,
                                const std::string& type) {
    if (rows.isNull(column)) {
      return {};
    }
    if (name == "document") {
      return nlohmann::json::parse(rows.text(column));
    }
    if (name == "shortlisted" || name == "dismissed") {
      return rows.integer(column) != 0;
    }
    if (type == "INTEGER") {
      return rows.integer(column);
    }
    return type == "REAL" ? nlohmann::json(rows.real(column)) : nlohmann::json(rows.text(column));
  }

  std::vector<std::string> texts(const std::string& posting, const std::string& sql) {
    Statement rows(databases_.at(posting), sql);
    std::vector<std::string> all;
    while (rows.step()) {
      all.push_back(rows.text(0));
    }
    return all;
  }

  TemporaryDirectory directory_;
  std::map<std::string, Database> databases_;
};

class SqliteMirrorContract : public testing::TestWithParam<MirrorRule> {};

TEST_P(SqliteMirrorContract, Holds) {
  SqliteFiles files;
  GetParam().check(files);
}

std::string nameOf(const testing::TestParamInfo<MirrorRule>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Store, SqliteMirrorContract, testing::ValuesIn(mirrorContract()), nameOf);
INSTANTIATE_TEST_SUITE_P(Erasure, SqliteMirrorContract, testing::ValuesIn(erasureContract()),
                         nameOf);

}  // namespace
}  // namespace heymilo_test
