#include "heymilo/postgres/journal.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/connection.hpp"
#include "postgres/database.hpp"
#include "postgres/journal_messages.hpp"
#include "postgres/journal_sql.hpp"
#include "postgres/journal_store.hpp"
#include "postgres/journal_text.hpp"

namespace heymilo::postgres {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

StoreError storeError(const std::string& reason) {
  return StoreError("the journal in PostgreSQL can't be used: " + reason);
}

/// What `read` makes of a response. Throws StoreError where that is something else.
template <typename Reader>
auto readResponse(const Reader& read) {
  constexpr const char* kOther = "its tables or functions are of another version";
  try {
    return read();
  } catch (const json::exception&) {
    throw storeError(kOther);
  } catch (const std::out_of_range&) {
    throw storeError(kOther);
  } catch (const std::bad_optional_access&) {
    throw storeError(kOther);
  } catch (const StatementError&) {
    throw storeError(kOther);
  }
}

class PostgresJournal final : public workflows::Journal {
 public:
  PostgresJournal(const std::string& url, milliseconds limit) : limit_(limit), connection_(url) {}

  workflows::JournalJoined join(const workflows::JournalJoin& join) override {
    json request = toJson(join);
    addPosting(request, join.posting);
    return call("SELECT heymilo.journal_join($1::jsonb)", request, [&](const json& response) {
      workflows::JournalJoined joined = joinedOf(response, join.posting.posting_id);
      posting_ = joined.posting;
      return joined;
    });
  }
  workflows::JournalView beat(const workflows::JournalBeat& beat) override {
    return call("SELECT heymilo.journal_beat($1::jsonb)", ofPosting(toJson(beat)), viewOf);
  }
  workflows::JournalClaimed claim(const workflows::JournalClaim& claim) override {
    return call("SELECT heymilo.journal_claim($1::jsonb)",
                ofPosting(toJson(claim)),
                [&](const json& response) { return claimedOf(response, claim.records.size()); });
  }
  workflows::JournalSettled settle(const workflows::JournalSettle& settle) override {
    return call("SELECT heymilo.journal_settle($1::jsonb)",
                ofPosting(toJson(settle), settle.results.empty()),
                settledOf);
  }
  workflows::JournalDoubts search(const workflows::JournalSearch& search) override {
    return call(
        "SELECT heymilo.journal_search($1::jsonb)", ofPosting(toJson(search.stamp)), doubtsOf);
  }
  workflows::JournalRecognised recognise(const workflows::JournalShown& shown) override {
    return call("SELECT heymilo.journal_recognise($1::jsonb)",
                ofPosting(toJson(shown), shown.shown.empty()),
                recognisedOf);
  }
  workflows::JournalOutcome release(const workflows::JournalRelease& release) override {
    return call("SELECT heymilo.journal_release($1::jsonb)", ofPosting(toJson(release)), outcomeOf);
  }
  workflows::JournalOutcome leave(const workflows::JournalStamp& stamp) override {
    return call("SELECT heymilo.journal_leave($1::jsonb)", ofPosting(toJson(stamp)), outcomeOf);
  }

  std::optional<workflows::JournalStanding> standing(const std::string& posting_id) override;
  std::vector<workflows::JournalRow> rows(const std::string& posting_id, const std::string& after,
                                          std::size_t most) override;
  std::uint64_t forget(const std::string& posting_id,
                       const std::vector<workflows::DeletedKey>& keys) override;

 private:
  /// Runs a statement. Makes the tables first, where there are none. Throws StoreError.
  Rows run(const char* sql, const std::vector<Value>& parameters);
  template <typename Reader>
  auto call(const char* sql, json request, const Reader& read)
      -> std::invoke_result_t<Reader, const json&>;
  json ofPosting(json request, bool may_be_unknown = true);

  const milliseconds limit_;
  Connection connection_;
  bool prepared_ = false;
  std::optional<workflows::JournalPosting> posting_;
};

Rows PostgresJournal::run(const char* sql, const std::vector<Value>& parameters) {
  try {
    if (!prepared_) {
      prepareTables(connection_, {"journal", kJournalVersion, journalScript()}, limit_);
      prepared_ = true;
    }
    return connection_.run(sql, parameters, limit_);
  } catch (const StatementError& error) {
    prepared_ = prepared_ && !isMissing(error);
    throw storeError(error.what());
  }
}

template <typename Reader>
auto PostgresJournal::call(const char* sql, json request, const Reader& read)
    -> std::invoke_result_t<Reader, const json&> {
  request["lock_timeout_ms"] = limit_.count();
  const Rows rows = run(sql, {Value(request.dump(-1, ' ', true))});
  return readResponse([&] { return read(json::parse(rows.text(0, 0))); });
}

/// The posting of the worker: this object's, or what the store says. A worker that the store has
/// never seen has none.
json PostgresJournal::ofPosting(json request, bool may_be_unknown) {
  if (!posting_) {
    const Rows found = run(
        "SELECT p.posting, p.base_url, p.key_name, p.digest_version FROM heymilo.journal_posting p "
        "JOIN heymilo.journal_worker w ON w.posting = p.posting WHERE w.worker = $1",
        {Value(request.at("worker").get<std::string>())});
    if (!found.empty()) {
      posting_ = workflows::JournalPosting{plainText(found.text(0, 0)),
                                           plainText(found.text(0, 1)),
                                           plainText(found.text(0, 2)),
                                           static_cast<int>(found.number(0, 3))};
    } else if (!may_be_unknown) {
      throw storeError("the worker has not joined");
    }
  }
  if (posting_) {
    addPosting(request, *posting_);
  }
  return request;
}

std::optional<workflows::JournalStanding> PostgresJournal::standing(const std::string& posting_id) {
  const Rows found =
      run("SELECT heymilo.journal_standing($1)::text", {Value(storedText(posting_id))});
  if (found.empty() || !found.rows[0][0]) {
    return std::nullopt;
  }
  return readResponse([&] { return standingOf(json::parse(found.text(0, 0)), posting_id); });
}

std::vector<workflows::JournalRow> PostgresJournal::rows(const std::string& posting_id,
                                                         const std::string& after,
                                                         std::size_t most) {
  const Rows found = run(
      "SELECT key, digest, state, interview_id, interview_url, ingestion_id, error_code, "
      "to_json(other_interview_ids), to_json(sent_at_us), claim FROM heymilo.journal_rows($1, $2, "
      "$3::bigint)",
      {Value(storedText(posting_id)),
       Value(after.empty() ? after : storedText(after)),
       Value(std::to_string(most))});
  return readResponse([&] {
    std::vector<workflows::JournalRow> rows;
    rows.reserve(found.size());
    for (std::size_t at = 0; at < found.size(); ++at) {
      workflows::JournalRow row;
      row.key = plainText(found.text(at, 0));
      row.digest = plainText(found.text(at, 1));
      row.state = stateOf(found.text(at, 2));
      row.interview_id = plainText(found.text(at, 3));
      row.interview_url = plainText(found.text(at, 4));
      row.ingestion_id = plainText(found.text(at, 5));
      row.error_code = plainText(found.text(at, 6));
      for (const json& other : json::parse(found.text(at, 7))) {
        row.other_interview_ids.push_back(plainText(other.get<std::string>()));
      }
      if (found.rows[at][8]) {
        row.sent_at = Timestamp(std::chrono::microseconds(std::stoll(found.text(at, 8))));
      }
      row.forgotten = row.state == workflows::KeyState::ingested && row.interview_id.empty() &&
                      found.text(at, 9).empty();
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

std::uint64_t PostgresJournal::forget(const std::string& posting_id,
                                      const std::vector<workflows::DeletedKey>& keys) {
  json deleted = json::array();
  for (const workflows::DeletedKey& key : keys) {
    json ids = json::array();
    for (const std::string& id : key.interview_ids) {
      ids.push_back(storedText(id));
    }
    deleted.push_back({{"key", storedText(key.key)}, {"ids", std::move(ids)}});
  }
  const bool outbox = !run("SELECT 1 WHERE to_regclass('heymilo.outbox') IS NOT NULL", {}).empty();
  const Rows forgotten = run(forgetKeysSql(outbox).c_str(),
                             {Value(storedText(posting_id)), Value(deleted.dump(-1, ' ', true))});
  return readResponse([&] { return static_cast<std::uint64_t>(forgotten.number(0, 0)); });
}

}  // namespace

std::shared_ptr<workflows::Journal> makeJournal(std::string url, milliseconds limit) {
  requireUrl(url, "journal");
  return std::make_shared<PostgresJournal>(url, limit);
}

std::shared_ptr<workflows::Journal> journal(std::string url) {
  return makeJournal(std::move(url), milliseconds{10'000});
}

}  // namespace heymilo::postgres
