#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/job/intake.hpp"
#include "workflows/job/job_times.hpp"
#include "workflows/job/journal_request.hpp"
#include "workflows/job/membership.hpp"
#include "workflows/job/search.hpp"

namespace heymilo::workflows {

/// What one worker does so that each key of its source is ingested into the posting exactly once,
/// by it or by others on the same journal: a state machine without clock, network, thread or lock.
/// Its owner says what time it is, asks what can be done, and says what came of it. Four things go
/// on in parallel: an operation on the journal, a page of the posting's list, a record of the
/// source, and several requests.
///
/// Why no key is in the posting twice:
/// - A key is sent by a worker that has claimed it, and claimed by one at a time: a claim is
///   committed before a byte is sent, and only for a key that is free.
/// - A key becomes free again in three ways. Its worker says that it was not sent. Or it was in
///   doubt: its request had ended, or its worker had been seen unchanged for T_o, and a look that
///   began after the settling time has not shown it (Search). Or the store has forgotten it: then
///   nobody claims before the journal is adopted (Journal, on `restored`; Search).
/// - A worker sends only while it is inside (Membership): otherwise what it has claimed may be
/// free.
/// - What came of a request is written with the claim's token, so that it does not touch what
///   another worker has claimed since. A receipt counts whoever has claimed the key.
/// - An operation without a response may have been carried out: a claim counts as not made, and is
///   made void before its keys are asked for again; all others are repeated.
class Job {
 public:
  struct Setup {
    JournalPosting posting{};
    std::string name{};  ///< JournalJoin::name
    JobTimes times{};
    Intake::Limits limits{};
    bool new_posting =
        false;  ///< nobody else can have sent: a journal without keys is adopted at once
    std::function<std::string()> fresh_id{};                   ///< random names
    std::function<bool(const std::string& key)> first_time{};  ///< see Intake
  };
  enum class Trouble {
    none,
    refused,     ///< the journal is for something else: see journal()
    unreadable,  ///< a candidate may be any of those that are in doubt
    foreign      ///< who candidates are, this journal can't tell: see ListedPage::foreign
  };
  enum class Phase { joining, adopting, looking, settling, sending };

  explicit Job(Setup setup);

  /// The next operation on the journal. responded() or notResponded() follows.
  std::optional<JournalRequest> store(const Moment& now);
  void responded(const JournalResponse& response, const Moment& now);
  /// There was no response, and there will be none that counts.
  void notResponded(const Moment& now);

  /// Whether the source is to be read; one record at a time. read() or sourceEnded() follows.
  bool wantsRecord() const { return intake_.wantsRecord(); }
  void read(RecordId record, KeyedRecord keyed, const Moment& now);
  void sourceEnded() { intake_.end(); }

  /// The next page of the posting's list to fetch. paged() or notPaged() follows.
  std::optional<Listing> list(const Moment& now);
  void paged(ListedPage page, const Moment& now);
  void notPaged();

  /// The next records to send. sent() follows, once or several times, until each has its result.
  std::optional<Sending> send(const Moment& now);
  /// Whether a request of a Sending may be sent: to be asked before each attempt, and again when it
  /// is connected, before the first byte. Where it may not, its records are `unsent`.
  bool maySend(const std::string& worker, JobTime now) const {
    return membership_.maySend(worker, now);
  }
  void sent(std::uint64_t number, const std::vector<SentRecord>& records, const Moment& now);

  /// Nothing more is claimed or sent; what is under way is waited for and written.
  void stop();
  /// All is done and written, and the worker has left.
  bool over() const noexcept { return over_; }

  std::vector<RecordFate> fates() { return intake_.fates(); }
  Trouble trouble() const noexcept { return trouble_; }
  const JournalPosting& journal() const noexcept { return journal_; }
  const JournalCounts& counts() const noexcept { return view_.counts; }
  Phase phase() const;
  /// Until when it waits before it looks again, if it does.
  std::optional<JobTime> waitsUntil() const { return search_.waitsUntil(); }
  /// Since when no operation has had a response.
  std::optional<JobTime> failingSince() const noexcept { return failing_since_; }
  /// When there may be something to do, if nothing else happens.
  JobTime wakeAt(const Moment& now) const;

 private:
  void plan(const Moment& now);
  bool finishing() const;
  bool mayClaim(const Moment& now) const;
  bool beatDue(const Moment& now) const;
  bool waits() const;
  std::optional<JournalRequest> claim(const Moment& now);
  template <typename Operation>
  std::optional<JournalRequest> sendStamped(Operation operation, const Moment& now);
  /// False where the worker is outside now.
  bool accept(JournalOutcome outcome);
  void searched();

  const Setup setup_;
  Membership membership_;
  Search search_;
  Intake intake_;

  std::optional<JournalRequest> under_way_;
  std::size_t settling_ = 0;  // results in the operation that is under way
  bool list_under_way_ = false;
  JobTime not_before_{0};  // after an operation without a response
  std::optional<JobTime> failing_since_;

  JournalView view_;
  JournalPosting journal_;
  bool seen_ = false;                // the view is of this membership
  bool begun_ = false;               // may claim
  std::optional<Timestamp> looked_;  // JournalBeat::looked
  bool told_ = false;                // and the journal knows
  bool claimed_last_ = false;        // by the last operation
  bool written_ = false;             // something since the view
  bool leaving_ = false;
  bool over_ = false;
  bool stopped_ = false;
  JobTime next_view_{0};    // when to ask for others
  JobTime next_search_{0};  // when to ask for the part of the searcher
  Trouble trouble_ = Trouble::none;
};

}  // namespace heymilo::workflows
