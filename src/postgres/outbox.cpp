#include "heymilo/postgres/outbox.hpp"

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/connection.hpp"
#include "postgres/database.hpp"
#include "postgres/journal_sql.hpp"
#include "postgres/journal_store.hpp"
#include "postgres/outbox_sql.hpp"

namespace heymilo::postgres {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using workflows::OutboxOutcome;
using workflows::OutboxPosting;
using workflows::OutboxRow;

constexpr milliseconds kOutboxLimit{10'000};  // of a statement

/// A text of PostgreSQL has no NUL.
std::string withoutNul(std::string text) {
  for (char& c : text) {
    c = c == '\0' ? ' ' : c;
  }
  return text;
}

json toJson(const OutboxOutcome& outcome) {
  json row{{"id", outcome.id}, {"state", outcome.state}};
  if (!outcome.interview_id.empty()) {
    row["interview_id"] = withoutNul(outcome.interview_id);
  }
  if (outcome.error) {
    row["code"] = withoutNul(outcome.error->code);
    row["message"] = withoutNul(outcome.error->message);
    if (outcome.error->param) {
      row["param"] = withoutNul(*outcome.error->param);
    }
  }
  return row;
}

class PostgresOutbox final : public workflows::Outbox {
 public:
  explicit PostgresOutbox(std::string url) : url_(std::move(url)), connection_(url_) {}

  std::shared_ptr<workflows::Journal> journal() override { return makeJournal(url_, kOutboxLimit); }

  std::vector<OutboxPosting> pending() override {
    const Rows rows =
        run("SELECT o.posting_id, o.rows, o.age, o.newest, coalesce(p.key_name, '') FROM "
            "(SELECT posting_id, count(*) AS rows, min(id) AS oldest, max(id) AS newest, "
            "greatest(0, floor(extract(epoch FROM clock_timestamp() - min(enqueued_at))))::bigint "
            "AS age FROM heymilo.outbox WHERE state = 'pending' GROUP BY posting_id) o "
            "LEFT JOIN heymilo.journal_posting p ON p.posting = o.posting_id ORDER BY o.oldest",
            {});
    return read([&] {
      std::vector<OutboxPosting> postings;
      for (std::size_t at = 0; at < rows.size(); ++at) {
        OutboxPosting& posting = postings.emplace_back();
        posting.posting_id = rows.text(at, 0);
        posting.rows = static_cast<std::uint64_t>(rows.number(at, 1));
        posting.oldest = std::chrono::seconds{rows.number(at, 2)};
        posting.newest = rows.number(at, 3);
        posting.key_name = rows.text(at, 4);
      }
      return postings;
    });
  }

  std::vector<OutboxRow> pending(const std::string& posting_id, std::int64_t after,
                                 std::size_t most) override {
    const Rows rows =
        run("SELECT id, key, coalesce(request::text, '') FROM heymilo.outbox WHERE state = "
            "'pending' AND posting_id = $1 AND id > $2::bigint ORDER BY id LIMIT $3::bigint",
            {Value(posting_id), Value(std::to_string(after)), Value(std::to_string(most))});
    return read([&] {
      std::vector<OutboxRow> found;
      for (std::size_t at = 0; at < rows.size(); ++at) {
        found.push_back({rows.number(at, 0), rows.text(at, 1), rows.text(at, 2)});
      }
      return found;
    });
  }

  void settle(const std::vector<OutboxOutcome>& outcomes) override {
    json rows = json::array();
    for (const OutboxOutcome& outcome : outcomes) {
      rows.push_back(toJson(outcome));
    }
    run("UPDATE heymilo.outbox o SET state = r.state, interview_id = r.interview_id, "
        "code = r.code, message = r.message, param = r.param, settled_at = clock_timestamp(), "
        "request = CASE WHEN r.state = 'rejected' THEN o.request END "
        "FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, state text, interview_id text, "
        "code text, message text, param text) WHERE o.id = r.id AND o.state = 'pending'",
        {Value(rows.dump(-1, ' ', true, json::error_handler_t::replace))});
  }

  std::uint64_t expire(std::chrono::seconds age) override {
    const Rows rows =
        run("WITH old AS (UPDATE heymilo.outbox SET request = NULL, message = NULL, param = NULL "
            "WHERE state = 'rejected' AND message IS NOT NULL AND settled_at <= "
            "clock_timestamp() - $1::bigint * interval '1 second' RETURNING 1) "
            "SELECT count(*) FROM old",
            {Value(std::to_string(age.count()))});
    return read([&] { return static_cast<std::uint64_t>(rows.number(0, 0)); });
  }

 private:
  static StoreError storeError(const std::string& reason) {
    return StoreError("the outbox in PostgreSQL can't be used: " + reason);
  }

  /// Makes the tables first, where there are none. Throws StoreError.
  Rows run(const char* sql, const std::vector<Value>& parameters) {
    const std::lock_guard lock(mutex_);
    try {
      if (!prepared_) {
        prepareTables(connection_, {"journal", kJournalVersion, journalScript()}, kOutboxLimit);
        prepareTables(connection_, {"outbox", kOutboxVersion, kOutboxScript}, kOutboxLimit);
        prepared_ = true;
      }
      return connection_.run(sql, parameters, kOutboxLimit);
    } catch (const StatementError& error) {
      prepared_ = prepared_ && !isMissing(error);
      throw storeError(error.what());
    }
  }

  template <typename Reader>
  auto read(const Reader& reader) -> decltype(reader()) {
    try {
      return reader();
    } catch (const StatementError& error) {
      throw storeError(error.what());
    }
  }

  const std::string url_;
  std::mutex mutex_;
  Connection connection_;
  bool prepared_ = false;
};

}  // namespace

std::shared_ptr<workflows::Outbox> outbox(std::string url) {
  requireUrl(url, "outbox");
  return std::make_shared<PostgresOutbox>(std::move(url));
}

}  // namespace heymilo::postgres
