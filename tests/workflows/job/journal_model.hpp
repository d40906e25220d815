#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/journal.hpp"

namespace heymilo_test {

namespace wf = heymilo::workflows;

/// A journal in memory, as a store has to be: it can be restarted, restored from an old copy, and
/// emptied. With mistakes that tests make on purpose.
class JournalModel final : public wf::Journal {
 public:
  struct Broken {
    bool ignores_incarnation = false;  // a restored copy is taken as it is
    bool ignores_answered = false;     // the same, as far as a worker's number tells of it
    bool old_workers_live_on = false;  // in a restored copy
    bool claims_what_is_in_flight = false;
    bool claims_what_is_in_doubt = false;
    bool claims_unadopted = false;
    bool forgets_claims = false;      // results are written whoever has claimed the key since
    bool frees_other_claims = false;  // a search frees what is in doubt by another claim
    bool dead_are_free = false;       // what a dead worker has in flight is free, not in doubt
    bool buries_the_living = false;   // without comparing the number
    bool carries_out_stale = false;   // operations that are given up
    bool drops_late_receipts = false;
    bool overlooks_others = false;  // JournalDoubts::alone, although they live
  };

  struct Row {
    std::string digest{};
    wf::KeyState state = wf::KeyState::unsent;
    std::string owner{}, claim{};
    bool async = false;
    std::int64_t claimed = 0, doubted = 0;
    int failures = 0;
    std::optional<heymilo::Timestamp> sent_at{}, received_at{};
    std::string interview_id{}, interview_url{}, ingestion_id{}, error_code{};
    std::vector<std::string> others{};  // interview_ids of second receipts
    std::string late_ingestion{};       // of a receipt with another claim
  };
  struct Worker {
    std::int64_t number = 0;
    std::chrono::milliseconds outlast{0};
    bool gone = false, begun = false;
  };
  /// What is on disk.
  struct Data {
    std::optional<wf::JournalPosting> posting{};
    int incarnation = 0;
    bool adopted = false;
    bool ever_adopted = false;
    std::string adoption{};
    std::string searcher{};
    std::int64_t count = 0;  // of claims
    std::optional<std::int64_t> newest_shown{};
    std::optional<heymilo::Timestamp> newest{};
    bool undated = false;
    std::map<std::string, Row> rows{};
    std::map<std::string, Worker> workers{};
  };

  explicit JournalModel(const Broken& broken) : broken_(broken) {}

  const Data& data() const { return data_; }
  /// From an old copy, which the store notices, unless it is done silently.
  void restore(Data data, bool silently = false);
  /// Whether a worker lives, where that is known.
  std::function<std::optional<bool>(const std::string& worker)> lives = [](const std::string&) {
    return std::nullopt;
  };

  /// Whether each process that lives is this worker's or has joined this store, as it is now, and
  /// had no worker before.
  std::function<bool(const std::string& worker)> alone = [](const std::string&) { return false; };

  wf::JournalJoined join(const wf::JournalJoin& join) override;
  wf::JournalView beat(const wf::JournalBeat& beat) override;
  wf::JournalClaimed claim(const wf::JournalClaim& claim) override;
  wf::JournalSettled settle(const wf::JournalSettle& settle) override;
  wf::JournalDoubts search(const wf::JournalSearch& search) override;
  wf::JournalRecognised recognise(const wf::JournalShown& shown) override;
  wf::JournalOutcome release(const wf::JournalRelease& release) override;
  wf::JournalOutcome leave(const wf::JournalStamp& stamp) override;
  std::optional<wf::JournalStanding> standing(const std::string& posting_id) override;
  std::vector<wf::JournalRow> rows(const std::string& posting_id, const std::string& after,
                                   std::size_t most) override;
  std::uint64_t forget(const std::string& posting_id,
                       const std::vector<wf::DeletedKey>& keys) override;

 private:
  void unadopt();
  /// No keys, and no workers but dead ones: it may be bound anew.
  bool isUnused() const;
  bool sameStore();
  wf::JournalOutcome check(const wf::JournalStamp& stamp);
  void bury(const std::string& name);
  bool claimable(const Row& row, const std::string& digest) const;
  wf::KeyAnswer ask(const wf::JournalClaim& claim, const wf::KeyedRecord& record,
                    std::int64_t number, std::size_t& most);
  /// The key is in the posting. Whether it is there twice.
  static bool receipt(Row& row, const std::string& interview_id, const std::string& interview_url);
  static void makeFree(Row& row);
  static bool isForgotten(const Row& row);
  Row* stillInDoubt(const wf::KeyInDoubt& doubt);
  bool write(const std::string& worker, const wf::KeyResult& result);
  wf::JournalCounts counts() const;

  const Broken broken_;
  int incarnation_ = 1;
  int adoptions_ = 0;
  Data data_;
};
}  // namespace heymilo_test
