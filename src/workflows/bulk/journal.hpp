#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/models/api_error.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// What a journal is for; one that was made for something else is refused.
struct JournalPurpose {
  std::string posting_id;
  std::string mark;  ///< the metadata key
};

/// A record as the journal meets it: no data of the person but a hash of it.
struct JournalRecord {
  std::uint64_t index = 0;
  std::int64_t hash = 0;  ///< of the request as the source gave it
  /// How it is recognised in the posting: by the value under the mark's key, or, for want of room,
  /// by a hash of its e-mail address.
  std::optional<std::string> mark{};
  std::optional<std::int64_t> email_hash{};
  std::optional<std::uint64_t> line{};  ///< of the source's file, from 1
};

/// `record 501 (line 507)`, of an index from 0: for people, who count from 1.
std::string placeOf(std::uint64_t index, std::optional<std::uint64_t> line);

/// The file that knows what became of each record. Every function that changes it is one
/// transaction, which is on disk when the function returns. All functions may be called by any
/// thread; they throw StoreError. No time in it is by this machine's clock.
class Journal {
 public:
  /// Opens or makes the file and keeps other runs out of it.
  Journal(const std::string& file, const JournalPurpose& purpose);

  /// Unique to this journal: what generated marks begin with.
  const std::string& id() const noexcept { return id_; }

  struct Known {
    std::int64_t hash;
    RecordState state;
    std::optional<std::uint64_t> line{};
  };
  std::optional<Known> find(std::uint64_t index);
  /// Where records that the journal knows begin in the source as it is now.
  void setLines(const std::vector<JournalRecord>& records);
  /// How many records the source had when it was read to its end; empty when it never was.
  std::optional<std::uint64_t> sourceLength();
  void setSourceLength(std::uint64_t length);
  /// One more than the highest index known.
  std::uint64_t end();

  /// Says that these are being sent from now on, which is `now` by the API's time, if that is
  /// known. Returns those that must not be sent: an earlier record has the same mark. These are
  /// `rejected` with it.
  std::vector<std::uint64_t> begin(const std::vector<JournalRecord>& records,
                                   std::optional<Timestamp> now);
  /// Throws StoreError where the file is not what its name leads to any more, so that nothing that
  /// is written would be found again. To be asked before anything is sent.
  void requireInPlace();
  /// Where requireInPlace() throws: writes what is known to another file beside it, and returns
  /// that file's name. Empty where that can't be done. Throws nothing.
  std::string rescue();
  /// When these, which are in flight without a time, were sent after all.
  void setSentAt(const std::vector<std::uint64_t>& indexes, Timestamp sent_at);
  /// When those in flight were sent is not known after all.
  void forgetSentAt();

  struct Receipt {
    std::uint64_t index = 0;
    std::string interview_id, interview_url;
  };
  /// `now`: the API's time, if it is known.
  void setIngested(const std::vector<Receipt>& receipts, std::optional<Timestamp> now);
  void setQueued(const std::vector<std::uint64_t>& indexes, const std::string& ingestion_id);
  void setUnsent(const std::vector<std::uint64_t>& indexes);

  struct Refusal {
    JournalRecord record;
    APIErrorDetail error;
  };
  void setRejected(const std::vector<Refusal>& refusals);

  /// When those in flight were sent, by the API's time: the first and the last of them. Empty where
  /// that is not known of each of them.
  struct SendingTimes {
    Timestamp first, last;
  };
  std::optional<SendingTimes> sendingTimes();
  /// The runs of this journal, by number, that those in flight were sent by.
  std::set<std::int64_t> runsInFlight();

  /// A candidate as the posting shows it.
  struct Shown {
    std::optional<std::string> mark;
    std::int64_t email_hash = 0;
    std::string interview_id, interview_url;
    std::optional<Timestamp> created_at;
  };
  /// What the receipt of a record and its candidate say of one moment.
  struct Comparison {
    std::int64_t run = 0;
    Timestamp received_at;  ///< the receipt, by the API's time as its responses tell it
    Timestamp created_at;   ///< the candidate, which was not later
  };
  /// Those of the candidates that are records in flight are `ingested`. One that is recognised by
  /// its e-mail address must have been created after it was sent, or `margin` before. Returns what
  /// there is to compare.
  std::vector<Comparison> recognise(const std::vector<Shown>& candidates,
                                    std::chrono::microseconds margin);
  /// What is in flight has not arrived: it is `unsent`; or `unresolved`, where it may have: a
  /// candidate or another record has the same e-mail address, and nothing tells whose it is; or a
  /// record that the same run queued has not been seen in the posting, so that this one may be in
  /// the queue as well.
  void settle();

  std::uint64_t count(RecordState state);
  std::uint64_t matchedByEmail();

 private:
  std::mutex mutex_;
  std::optional<sqlite::RunLock> lock_;  // goes after the database
  sqlite::Database database_;
  void writeLine(const JournalRecord& record);

  std::optional<sqlite::Statement> find_;  // the one that is used for each record of the source
  std::optional<sqlite::Statement> write_line_;
  std::string id_;
  std::int64_t run_ = 0;  // counts the runs
};

}  // namespace heymilo::workflows
