#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <heymilo/models/candidate.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "support/scalar_properties.hpp"
#include "workflows/storage/sqlite.hpp"  // for INTERNAL tests

namespace heymilo_test {

/// A mirror's file, read as its users do: with a separate connection.
class MirrorFile {
 public:
  explicit MirrorFile(const std::string& file) : database_(file) {}

  /// The first column of the first row.
  std::int64_t integer(const std::string& sql) {
    heymilo::workflows::sqlite::Statement statement(database_, sql);
    EXPECT_TRUE(statement.step()) << sql;
    return statement.integer(0);
  }
  std::string text(const std::string& sql) {
    heymilo::workflows::sqlite::Statement statement(database_, sql);
    EXPECT_TRUE(statement.step()) << sql;
    return statement.text(0);
  }

  heymilo::workflows::sqlite::Database& database() { return database_; }

  /// Compares the candidates that are not gone with a server's list, field by field: the columns,
  /// and the complete `document`.
  void expectEqual(const nlohmann::json& candidates) {
    ASSERT_EQ(integer("SELECT count(*) FROM candidates WHERE gone_at IS NULL"),
              static_cast<std::int64_t>(candidates.size()));
    const std::map<std::string, std::string> scalars = scalarProperties();
    std::string columns = "document";
    for (const auto& [name, type] : scalars) {
      columns += ", " + name;
    }
    heymilo::workflows::sqlite::Statement row(
        database_,
        "SELECT " + columns + " FROM candidates WHERE gone_at IS NULL AND interview_id = ?1");
    for (const nlohmann::json& candidate : candidates) {
      row.bind(1, candidate["interview_id"].get<std::string>());
      ASSERT_TRUE(row.step()) << candidate;
      const nlohmann::json document = nlohmann::json::parse(row.text(0));
      ASSERT_EQ(document.get<heymilo::CandidateResponse>(),
                candidate.get<heymilo::CandidateResponse>())
          << document << '\n'
          << candidate;
      int column = 0;
      for (const auto& [name, type] : scalars) {
        expectColumn(row, ++column, type, document.value(name, nlohmann::json()));
      }
      row.reset();
    }
  }

 private:
  static void expectColumn(const heymilo::workflows::sqlite::Statement& row, int column,
                           const std::string& type, const nlohmann::json& value) {
    if (value.is_null()) {
      ASSERT_TRUE(row.isNull(column));
    } else if (type == "string") {
      ASSERT_EQ(nlohmann::json(row.text(column)), value);
    } else if (type == "boolean") {
      ASSERT_EQ(row.integer(column) != 0, value);
    } else {
      ASSERT_EQ(row.real(column), value);
    }
  }

  heymilo::workflows::sqlite::Database database_;
};

}  // namespace heymilo_test
