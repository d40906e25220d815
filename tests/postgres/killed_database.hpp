#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "postgres/mirror_user.hpp"
#include "workflows/mirror/mirror_kills.hpp"

namespace heymilo_test {

/// A mirror in PostgreSQL, into which killed programs write.
class KilledDatabase : public KilledMirror {
 public:
  explicit KilledDatabase(std::string url) : url_(std::move(url)) { connectAgain(); }

  std::string database() const override { return url_; }

  /// A statement of a killed program may still be carried out, and may be the one that makes the
  /// tables: who locks its posting's row waits for it.
  std::optional<Walk> walk() override {
    if (user_->run("SELECT to_regclass('heymilo.mirror')").rows[0][0] == std::nullopt) {
      return std::nullopt;
    }
    const auto rows = user_->run(
        "SELECT last_walk, walk->>'cursor', (walk->>'created_before' IS NOT NULL)::integer "
        "FROM heymilo.mirror WHERE walk IS NOT NULL FOR UPDATE");
    if (rows.empty()) {
      return std::nullopt;
    }
    return Walk{
        static_cast<std::uint64_t>(rows.number(0, 0)), rows.text(0, 1), rows.number(0, 2) != 0};
  }

  nlohmann::json candidates() override { return user_->candidates("p"); }

  bool hasTrace(const std::string& text) override { return user_->hasTrace(text); }

 protected:
  /// After the server was stopped.
  void connectAgain() { user_ = std::make_unique<PostgresUser>(url_, url_); }

 private:
  const std::string url_;
  std::unique_ptr<PostgresUser> user_;
};

}  // namespace heymilo_test
