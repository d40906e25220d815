#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/sqlite_mirror.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/storage/sqlite.hpp"  // for INTERNAL tests

namespace heymilo_test {

/// A file for each posting.
class SqliteFiles final : public MirrorDatabase {
 public:
  /// `<folder>/<posting>.db`.
  explicit SqliteFiles(std::string folder) : folder_(std::move(folder)) {}

  std::string fileOf(const std::string& posting) const { return folder_ + '/' + posting + ".db"; }

  std::shared_ptr<heymilo::workflows::MirrorSink> open(const std::string& posting) override {
    auto sink = std::make_shared<heymilo::workflows::SqliteMirror>(fileOf(posting), posting);
    databases_.try_emplace(posting, fileOf(posting));
    return sink;
  }

  nlohmann::json candidates(const std::string& posting) override {
    heymilo::workflows::sqlite::Database& database =
        databases_.try_emplace(posting, fileOf(posting)).first->second;
    std::vector<std::string> names, types;
    heymilo::workflows::sqlite::Statement columns(
        database, "SELECT name, type FROM pragma_table_info('candidates')");
    std::string list;
    while (columns.step()) {
      names.push_back(columns.text(0));
      types.push_back(columns.text(1));
      list += (list.empty() ? "" : ", ") + names.back();
    }
    nlohmann::json all = nlohmann::json::object();
    heymilo::workflows::sqlite::Statement rows(database, "SELECT " + list + " FROM candidates");
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
        heymilo::workflows::sqlite::Statement width(
            database, "SELECT count(*) FROM pragma_table_info('" + table + "')");
        width.step();
        heymilo::workflows::sqlite::Statement rows(database, "SELECT * FROM " + table);
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
  static nlohmann::json valueOf(const heymilo::workflows::sqlite::Statement& rows, int column,
                                const std::string& name, const std::string& type) {
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
    heymilo::workflows::sqlite::Statement rows(databases_.at(posting), sql);
    std::vector<std::string> all;
    while (rows.step()) {
      all.push_back(rows.text(0));
    }
    return all;
  }

  const std::string folder_;
  std::map<std::string, heymilo::workflows::sqlite::Database> databases_;
};

}  // namespace heymilo_test
