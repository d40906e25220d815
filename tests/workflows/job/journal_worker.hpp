#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/job/journal_contract.hpp"

namespace heymilo_test {

namespace journal_contract {

namespace wf = heymilo::workflows;
using Outcome = wf::JournalOutcome;
using State = wf::KeyState;
using Verdict = wf::KeyVerdict;

inline wf::JournalPosting purpose() { return {"posting", "https://api.example", "email", 1}; }
inline heymilo::Timestamp time(int seconds) {
  return heymilo::Timestamp(std::chrono::seconds{1'800'000'000 + seconds});
}
inline std::string freshName() {
  static int names = 0;
  return "name" + std::to_string(++names);
}

/// A process with a worker in it.
class Worker {
 public:
  explicit Worker(const OpensJournal& open) : journal_(open()), id_(freshName()) {
    wf::JournalJoin join;
    join.stamp = next();
    join.posting = purpose();
    join.outlast = std::chrono::seconds{1};
    outcome_ = good(journal_->join(join)).outcome;
    EXPECT_EQ(outcome_, Outcome::good);
  }

  const std::string& id() const { return id_; }
  std::int64_t number() const { return number_; }
  Outcome outcome() const { return outcome_; }
  wf::Journal& journal() { return *journal_; }
  wf::JournalStamp next() { return {id_, ++number_, answered_}; }
  /// The process dies.
  void die() { journal_.reset(); }

  wf::JournalView beat(std::vector<wf::UnchangedWorker> dead = {}, bool begun = false,
                       std::optional<heymilo::Timestamp> looked = std::nullopt) {
    return good(journal_->beat({next(), std::move(dead), begun, looked}));
  }
  /// With the same digest for all, and as many as there are.
  std::vector<wf::KeyAnswer> claim(const std::vector<std::string>& keys, const std::string& token,
                                   const std::string& digest = "d", bool async = false,
                                   std::optional<heymilo::Timestamp> sent_at = time(0)) {
    wf::JournalClaim claim;
    claim.stamp = next();
    claim.token = token;
    for (const std::string& key : keys) {
      claim.records.push_back({key, digest});
    }
    claim.most = keys.size();
    claim.async = async;
    claim.sent_at = sent_at;
    return good(journal_->claim(claim)).answers;
  }
  Verdict ask(const std::string& key, const std::string& digest = "d") {
    wf::JournalClaim claim;
    claim.stamp = next();
    claim.token = freshName();
    claim.records = {{key, digest}};
    const auto claimed = good(journal_->claim(claim));  // nothing, but it says what is
    return claimed.answers.size() == 1 ? claimed.answers[0].verdict : Verdict::elsewhere;
  }
  static wf::KeyResult result(const std::string& key, const std::string& claim, State state) {
    wf::KeyResult result;
    result.key = key;
    result.digest = "d";
    result.claim = claim;
    result.state = state;
    if (state == State::ingested) {
      result.interview_id = "interview-" + claim;
      result.interview_url = "https://interview";
    } else if (state == State::queued) {
      result.ingestion_id = "ingestion-" + claim;
    } else if (state == State::rejected) {
      result.error_code = "invalid";
    }
    return result;
  }
  wf::JournalSettled settle(const wf::KeyResult& result) {
    return good(journal_->settle({next(), {result}}));
  }
  wf::JournalSettled settle(const std::string& key, const std::string& claim, State state) {
    return settle(result(key, claim, state));
  }
  wf::JournalDoubts search() { return good(journal_->search({next()})); }
  wf::JournalRecognised show(const std::string& key, const std::string& interview_id,
                             std::optional<heymilo::Timestamp> created_at = std::nullopt) {
    return good(journal_->recognise({next(), {{key, interview_id, "https://shown", created_at}}}));
  }
  Outcome release(std::vector<wf::KeyInDoubt> free, std::vector<wf::KeyInDoubt> unresolved = {},
                  const std::string& adoption = {},
                  std::optional<heymilo::Timestamp> began = time(-100)) {
    outcome_ = journal_->release({next(), std::move(free), std::move(unresolved), adoption, began});
    answered_ = number_;
    return outcome_;
  }
  Worker& adopt() {
    const wf::JournalDoubts doubts = search();
    EXPECT_TRUE(doubts.mine);
    EXPECT_EQ(release({}, {}, doubts.adoption), Outcome::good);
    return *this;
  }
  wf::JournalRow row(const std::string& key) {
    for (wf::JournalRow& row : journal_->rows("posting", {}, 100)) {
      if (row.key == key) {
        return row;
      }
    }
    return {};
  }

 private:
  template <typename Response>
  Response good(Response response) {
    outcome_ = response.outcome;
    answered_ = number_;
    return response;
  }

  std::shared_ptr<wf::Journal> journal_;
  std::string id_;
  std::int64_t number_ = 0;
  std::int64_t answered_ = 0;
  Outcome outcome_ = Outcome::good;
};

}  // namespace journal_contract
}  // namespace heymilo_test
