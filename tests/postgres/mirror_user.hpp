#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/postgres/mirror.hpp"
#include "postgres/connection.hpp"  // for INTERNAL tests
#include "workflows/mirror/mirror_contract.hpp"

namespace heymilo_test {

/// A user with a connection of its own.
class PostgresUser final : public MirrorDatabase {
 public:
  /// `url` is what a run opens, such as a pooler's, and `server` is the server's own.
  PostgresUser(std::string url, std::string server)
      : url_(std::move(url)), connection_(std::move(server)) {}

  std::shared_ptr<heymilo::workflows::MirrorSink> open(const std::string& posting) override {
    return heymilo::postgres::mirror(url_, posting);
  }

  nlohmann::json candidates(const std::string& posting) override {
    std::string times;
    for (const char* name :
         {"created_at", "interviewed_at", "first_seen", "last_seen", "changed_at", "gone_at"}) {
      times += (times.empty() ? "'" : ", '") + std::string(name) + "', extract(epoch FROM " + name +
               ")::double precision";
    }
    const heymilo::postgres::Rows rows =
        run("SELECT (to_jsonb(c) || jsonb_build_object(" + times +
                "))::text FROM heymilo.candidates c WHERE posting = $1",
            {heymilo::postgres::Value(posting)});
    nlohmann::json all = nlohmann::json::object();
    for (std::size_t at = 0; at < rows.size(); ++at) {
      const auto row = nlohmann::json::parse(rows.text(at, 0));
      all[row["interview_id"].get<std::string>()] = row;
    }
    return all;
  }

  std::vector<std::string> history(const std::string& interview_id) override {
    return texts(
        "SELECT status || ' ' || coalesce(current_step_id, '-') || ' ' || "
        "coalesce(current_step_order::text, '-') FROM heymilo.candidate_history "
        "WHERE interview_id = $1 ORDER BY observed_at",
        interview_id);
  }

  std::vector<std::string> tombstones(const std::string& posting) override {
    return texts("SELECT tombstone FROM heymilo.candidate_tombstones WHERE posting = $1", posting);
  }

  void age(std::chrono::hours time) override {
    run("UPDATE heymilo.candidates SET gone_at = gone_at - $1::bigint * interval '1 hour'",
        {heymilo::postgres::Value(std::to_string(time.count()))});
  }

  bool hasTrace(const std::string& text) override {
    for (const std::string& table :
         texts("SELECT tablename FROM pg_tables WHERE schemaname = $1", "heymilo")) {
      const std::string sql =
          "SELECT count(*) FROM heymilo." + table + " t WHERE strpos(t::text, $1) > 0";
      if (run(sql, {heymilo::postgres::Value(text)}).number(0, 0) > 0) {
        return true;
      }
    }
    return false;
  }

  heymilo::postgres::Rows run(const std::string& sql,
                              const std::vector<heymilo::postgres::Value>& values = {}) {
    return connection_.run(sql.c_str(), values, std::chrono::seconds{20});
  }

 private:
  std::vector<std::string> texts(const std::string& sql, const std::string& value) {
    const heymilo::postgres::Rows rows = run(sql, {heymilo::postgres::Value(value)});
    std::vector<std::string> all;
    for (std::size_t at = 0; at < rows.size(); ++at) {
      all.push_back(rows.text(at, 0));
    }
    return all;
  }

  const std::string url_;
  heymilo::postgres::Connection connection_;
};

}  // namespace heymilo_test
