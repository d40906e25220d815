#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/job/job_times.hpp"

namespace heymilo::workflows {

/// The number of a record in a worker's source, which the worker's owner gives it.
using RecordId = std::uint64_t;

/// What a worker has found out about a record: nothing more follows, and its content is not needed
/// any more.
struct RecordFate {
  enum class What {
    ingested,  ///< by this worker
    queued,    ///< by this worker
    rejected,  ///< by this worker or an earlier one
    known,     ///< `ingested` or `queued` before: see `answer.state`
    changed,
    duplicate,
    unresolved,
    unsent  ///< the worker was stopped before
  };
  RecordId record = 0;
  What what = What::unsent;
  KeyAnswer answer{};  ///< ids and code, as far as they are known
};

/// Records that are to be sent together.
struct Sending {
  struct Part {
    RecordId record = 0;
    std::string key{};  ///< by which its result is recognised
  };
  std::uint64_t number = 0;
  std::string worker{};  ///< for Job::maySend()
  std::vector<Part> parts{};
};

/// What became of a record of a Sending. What is refused for a while, or narrowed down to a part of
/// the request, is no result: it is sent again within the same one.
struct SentRecord {
  RecordId record = 0;
  /// `ingested`, `queued`, `rejected`, `unsent` (proven) or `in_doubt`. Its request has ended.
  KeyState state = KeyState::in_doubt;
  bool failed = false;  ///< of one in doubt: with a 5xx
  std::string interview_id{}, interview_url{}, ingestion_id{}, error_code{};
};

/// The records that a worker has read, from the source to their fate. All but the records that are
/// waiting for others is bounded by what a worker sends in parallel.
class Intake {
 public:
  struct Limits {
    std::size_t chunk = 100;      ///< records in a request
    std::size_t concurrency = 4;  ///< requests in parallel
    std::size_t batch = 500;      ///< records in an operation on the journal
    std::size_t parked = 10'000;  ///< with so many waiting for others, no more are read
    bool async = false;
  };
  /// `first_time` says whether a key is new in this worker's source, and remembers it.
  Intake(const JobTimes& times, Limits limits, std::function<bool(const std::string&)> first_time)
      : times_(times), limits_(limits), first_time_(std::move(first_time)) {}

  /// Whether a record is to be read now.
  bool wantsRecord() const;
  void add(RecordId record, KeyedRecord keyed, JobTime now);
  /// The source has ended.
  void end() { ended_ = true; }
  bool ended() const noexcept { return ended_; }
  /// Nothing more is claimed or sent.
  void stop();

  /// What is to be written, up to a batch; empty: nothing.
  std::vector<KeyResult> results() const;
  bool wantsSettling() const noexcept { return !results_.empty(); }
  /// That is written now.
  void settled(std::size_t count, JobTime now);

  /// Whether the journal is to be asked for records.
  bool wantsClaim(JobTime now) const;
  /// When that may be, if nothing else happens.
  JobTime nextClaim() const;
  /// The records to ask for. `token`: of the claim. claimed() or notClaimed() follows.
  JournalClaim claim(const std::string& token, JobTime now);
  void claimed(const JournalClaimed& claimed, const std::string& worker, JobTime now);
  /// There was no response, or the store did nothing: if it was made, it is made void.
  void notClaimed(bool unanswered);

  /// What is to be sent next; `may_send`: of what a worker has claimed.
  bool wantsSending() const;
  Sending send();
  void sent(std::uint64_t number, const std::vector<SentRecord>& records, const Moment& now);
  /// What was claimed by another worker's name is not this worker's any more.
  void disown(const std::string& worker);

  /// The fates since the last call.
  std::vector<RecordFate> fates();
  /// Nothing is left to do; where the source has ended or the worker was stopped, for good.
  bool empty() const;
  /// A record waits for one in doubt.
  bool waitsForDoubt() const noexcept { return doubtful_ > 0; }
  std::size_t parked() const noexcept { return parked_.size(); }
  std::size_t sendings() const noexcept { return sendings_.size(); }

 private:
  struct Record {
    RecordId id = 0;
    KeyedRecord keyed{};
    int failures = 0;
    std::string claim{}, worker{};
    bool doubtful = false;  // of one that is parked
  };
  struct Result {
    KeyResult result;
    Record record;
  };

  void fate(const Record& record, RecordFate::What what, KeyAnswer answer = {});
  void giveBack(Record record);
  void park(Record record, bool doubtful);
  std::size_t room() const;
  std::size_t most(int failures) const;

  const JobTimes& times_;
  const Limits limits_;
  const std::function<bool(const std::string&)> first_time_;
  bool ended_ = false;
  bool stopped_ = false;

  std::deque<Record> to_ask_;
  JobTime added_{0};           // the last one
  std::deque<Record> free_;    // the journal has said so
  std::vector<Record> asked_;  // by the claim that is under way
  std::string token_;          // of that
  std::deque<Record> parked_;  // elsewhere or in doubt
  JobTime asked_parked_{0};    // when these were asked for
  std::size_t doubtful_ = 0;   // of those parked
  std::deque<Record> ready_;   // claimed
  std::map<std::uint64_t, std::map<RecordId, Record>> sendings_;
  std::uint64_t numbers_ = 0;
  std::size_t sending_ = 0;     // records in sendings
  std::deque<Result> results_;  // to be written
  std::vector<RecordFate> fates_;
};

}  // namespace heymilo::workflows
