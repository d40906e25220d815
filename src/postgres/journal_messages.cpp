#include "postgres/journal_messages.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "postgres/journal_text.hpp"

namespace heymilo::postgres {

namespace {

using nlohmann::json;
using namespace workflows;  // NOLINT(google-build-using-namespace): all of it is about them

json timeOf(const std::optional<Timestamp>& time) {
  return time ? json(time->time_since_epoch().count()) : json();
}

std::optional<Timestamp> timeOf(const json& value) {
  if (value.is_null()) {
    return std::nullopt;
  }
  return Timestamp(std::chrono::microseconds(value.get<long long>()));
}

std::optional<long long> numberOf(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<long long>());
}

std::string textOf(const json& value) { return plainText(value.get_ref<const std::string&>()); }

template <typename Word>
Word wordOf(const std::unordered_map<std::string, Word>& words, const json& value) {
  return words.at(value.get_ref<const std::string&>());
}

/// How often a key was there before, and once more: the functions take one turn after the other.
class Turns {
 public:
  int next(const std::string& key) {
    const int turn = ++turns_[key];
    most_ = std::max(most_, turn);
    return turn;
  }
  int most() const { return most_; }

 private:
  std::unordered_map<std::string, int> turns_;
  int most_ = 0;
};

json doubtsToJson(const std::vector<KeyInDoubt>& doubts) {
  json all = json::array();
  for (const KeyInDoubt& doubt : doubts) {
    all.push_back({{"key", storedText(doubt.key)}, {"claim", storedText(doubt.claim)}});
  }
  return all;
}

JournalPosting postingOf(const json& response, const std::string& posting_id) {
  return {posting_id,
          textOf(response.at("base_url")),
          textOf(response.at("key_name")),
          response.at("digest_version").get<int>()};
}

JournalCounts countsOf(const json& response) {
  const auto count = [&response](KeyState state) {
    return response.value(std::string(toString(state)), std::uint64_t{0});
  };
  JournalCounts counts;
  counts.unsent = count(KeyState::unsent);
  counts.in_flight = count(KeyState::in_flight);
  counts.in_doubt = count(KeyState::in_doubt);
  counts.ingested = count(KeyState::ingested);
  counts.queued = count(KeyState::queued);
  counts.rejected = count(KeyState::rejected);
  counts.unresolved = count(KeyState::unresolved);
  return counts;
}

}  // namespace

json toJson(const JournalStamp& stamp) {
  return {
      {"worker", storedText(stamp.worker)}, {"number", stamp.number}, {"answered", stamp.answered}};
}

json toJson(const JournalJoin& join) {
  json request = toJson(join.stamp);
  request["name"] = storedText(join.name);
  request["outlast_ms"] = join.outlast.count();
  return request;
}

json toJson(const JournalBeat& beat) {
  json request = toJson(beat.stamp);
  request["begun"] = beat.begun;
  request["looked_us"] = timeOf(beat.looked);
  json& dead = request["dead"] = json::array();
  for (const UnchangedWorker& worker : beat.dead) {
    dead.push_back({{"worker", storedText(worker.worker)}, {"number", worker.number}});
  }
  return request;
}

json toJson(const JournalClaim& claim) {
  json request = toJson(claim.stamp);
  request["token"] = storedText(claim.token);
  request["most"] = claim.most;
  request["async"] = claim.async;
  request["sent_at_us"] = timeOf(claim.sent_at);
  Turns turns;
  json& records = request["records"] = json::array();
  for (const KeyedRecord& record : claim.records) {
    records.push_back({{"at", records.size()},
                       {"turn", turns.next(record.key)},
                       {"key", storedText(record.key)},
                       {"digest", storedText(record.digest)}});
  }
  request["turns"] = turns.most();
  return request;
}

json toJson(const JournalSettle& settle) {
  json request = toJson(settle.stamp);
  Turns turns;
  json& results = request["results"] = json::array();
  for (const KeyResult& result : settle.results) {
    results.push_back({{"at", results.size()},
                       {"turn", turns.next(result.key)},
                       {"key", storedText(result.key)},
                       {"digest", storedText(result.digest)},
                       {"claim", storedText(result.claim)},
                       {"state", toString(result.state)},
                       {"async", result.async},
                       {"failed", result.failed},
                       {"undated", result.undated},
                       {"interview_id", storedText(result.interview_id)},
                       {"interview_url", storedText(result.interview_url)},
                       {"ingestion_id", storedText(result.ingestion_id)},
                       {"error_code", storedText(result.error_code)},
                       {"received_at_us", timeOf(result.received_at)}});
  }
  request["turns"] = turns.most();
  return request;
}

json toJson(const JournalShown& shown) {
  json request = toJson(shown.stamp);
  Turns turns;
  json& keys = request["shown"] = json::array();
  for (const ShownKey& key : shown.shown) {
    keys.push_back({{"turn", turns.next(key.key)},
                    {"key", storedText(key.key)},
                    {"interview_id", storedText(key.interview_id)},
                    {"interview_url", storedText(key.interview_url)},
                    {"created_at_us", timeOf(key.created_at)}});
  }
  request["turns"] = turns.most();
  return request;
}

json toJson(const JournalRelease& release) {
  json request = toJson(release.stamp);
  request["free"] = doubtsToJson(release.free);
  request["unresolved"] = doubtsToJson(release.unresolved);
  request["adoption"] = storedText(release.adoption);
  request["began_us"] = timeOf(release.began);
  return request;
}

void addPosting(json& request, const JournalPosting& posting) {
  request["posting"] = storedText(posting.posting_id);
  request["base_url"] = storedText(posting.base_url);
  request["key_name"] = storedText(posting.key_name);
  request["digest_version"] = posting.digest_version;
}

JournalOutcome outcomeOf(const json& response) {
  static const std::unordered_map<std::string, JournalOutcome> words = {
      {"good", JournalOutcome::good},
      {"stale", JournalOutcome::stale},
      {"gone", JournalOutcome::gone},
      {"restored", JournalOutcome::restored},
      {"not_adopted", JournalOutcome::not_adopted},
      {"refused", JournalOutcome::refused}};
  return wordOf(words, response.at("outcome"));
}

JournalJoined joinedOf(const json& response, const std::string& posting_id) {
  return {outcomeOf(response), postingOf(response, posting_id)};
}

JournalStanding standingOf(const json& response, const std::string& posting_id) {
  JournalStanding standing;
  standing.posting = postingOf(response, posting_id);
  standing.adopted = response.at("adopted").get<bool>();
  standing.counts = countsOf(response.at("counts"));
  standing.newest = timeOf(response.at("newest_us"));
  return standing;
}

JournalView viewOf(const json& response) {
  JournalView view;
  view.outcome = outcomeOf(response);
  if (view.outcome != JournalOutcome::good) {
    return view;
  }
  view.adopted = response.at("adopted").get<bool>();
  view.newest = timeOf(response.at("newest_us"));
  for (const json& row : response.at("others")) {
    JournalWorker worker;
    worker.worker = textOf(row.at("worker"));
    worker.number = row.at("number").get<long long>();
    worker.outlast = std::chrono::milliseconds(row.at("outlast_ms").get<long long>());
    worker.begun = row.at("begun").get<bool>();
    view.others.push_back(std::move(worker));
  }
  view.counts = countsOf(response.at("counts"));
  return view;
}

JournalClaimed claimedOf(const json& response, std::size_t records) {
  static const std::unordered_map<std::string, KeyVerdict> words = {
      {"claimed", KeyVerdict::claimed},
      {"free", KeyVerdict::free},
      {"known", KeyVerdict::known},
      {"changed", KeyVerdict::changed},
      {"rejected", KeyVerdict::rejected},
      {"unresolved", KeyVerdict::unresolved},
      {"elsewhere", KeyVerdict::elsewhere},
      {"in_doubt", KeyVerdict::in_doubt}};
  JournalClaimed claimed;
  claimed.outcome = outcomeOf(response);
  if (claimed.outcome != JournalOutcome::good) {
    return claimed;
  }
  claimed.answers.resize(records);
  std::size_t answered = 0;
  for (const json& turn : response.at("answers")) {
    for (const json& row : turn) {
      KeyAnswer& answer = claimed.answers.at(row.at(0).get<std::size_t>());
      answer.verdict = wordOf(words, row.at(1));
      answer.state = stateOf(row.at(2).get_ref<const std::string&>());
      answer.failures = row.at(3).get<int>();
      if (row.size() > 4) {
        answer.interview_id = textOf(row.at(4));
        answer.interview_url = textOf(row.at(5));
        answer.ingestion_id = textOf(row.at(6));
        answer.error_code = textOf(row.at(7));
      }
      ++answered;
    }
  }
  if (answered != records) {
    throw std::out_of_range("not one answer for each record");
  }
  return claimed;
}

JournalSettled settledOf(const json& response) {
  return {outcomeOf(response), response.at("twice").get<std::size_t>()};
}

JournalDoubts doubtsOf(const json& response) {
  JournalDoubts doubts;
  doubts.outcome = outcomeOf(response);
  doubts.mine = response.value("mine", false);
  if (!doubts.mine) {
    return doubts;
  }
  doubts.adoption = response.at("adoption").get<std::string>();
  doubts.fresh = response.at("fresh").get<bool>();
  doubts.outlast = std::chrono::milliseconds(response.at("outlast_ms").get<long long>());
  for (const json& row : response.at("doubts")) {
    KeyInDoubt doubt;
    doubt.key = textOf(row.at("key"));
    doubt.claim = textOf(row.at("claim"));
    doubt.owner = textOf(row.at("owner"));
    doubt.async = row.at("async").get<bool>();
    doubt.doubted = row.at("doubted").get<long long>();
    doubt.sent_at = timeOf(row.at("sent_at_us"));
    doubts.doubts.push_back(std::move(doubt));
  }
  doubts.queued = response.at("queued").get<std::uint64_t>();
  doubts.queued_since = timeOf(response.at("queued_since_us"));
  return doubts;
}

JournalRecognised recognisedOf(const json& response) {
  JournalRecognised recognised;
  recognised.outcome = outcomeOf(response);
  recognised.unknown = response.at("unknown").get<std::size_t>();
  recognised.twice = response.at("twice").get<std::size_t>();
  std::unordered_map<std::string, std::size_t> owners;
  for (const json& turn : response.at("comparisons")) {
    for (const json& row : turn) {
      TimeComparison comparison;
      comparison.owner = textOf(row.at("owner"));
      comparison.received_at = timeOf(row.at("received_at_us")).value();
      comparison.created_at = timeOf(row.at("created_at_us")).value();
      const auto [owner, is_new] =
          owners.try_emplace(comparison.owner, recognised.comparisons.size());
      if (is_new) {
        recognised.comparisons.push_back(std::move(comparison));
        continue;
      }
      TimeComparison& best = recognised.comparisons[owner->second];
      if (comparison.created_at - comparison.received_at < best.created_at - best.received_at) {
        best = std::move(comparison);
      }
    }
  }
  recognised.queue.newest_shown = numberOf(response.at("newest_shown"));
  recognised.queue.oldest_unshown = numberOf(response.at("oldest_unshown"));
  return recognised;
}

KeyState stateOf(const std::string& word) {
  for (const KeyState state : {KeyState::unsent,
                               KeyState::in_flight,
                               KeyState::in_doubt,
                               KeyState::ingested,
                               KeyState::queued,
                               KeyState::rejected,
                               KeyState::unresolved}) {
    if (toString(state) == word) {
      return state;
    }
  }
  throw std::out_of_range("not a state");
}

}  // namespace heymilo::postgres
