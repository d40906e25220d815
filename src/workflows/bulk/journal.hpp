#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "heymilo/models/api_error.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/bulk/journal_file.hpp"
#include "workflows/bulk/journal_record.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// The state of each record, on disk. Every function that changes it is one transaction, which is
/// on disk when the function returns. All functions may be called by any thread; they throw
/// StoreError. No time in it is by this machine's clock.
///
/// A record that is not there has not been read, or has been read and not been sent. From there:
///
/// ```
/// begin()                          in_flight (or rejected: an earlier record has the same mark)
/// in_flight: setIngested()         ingested
/// in_flight: setQueued()           queued
/// in_flight: setUnsent()           unsent, to be sent again by begin()
/// in_flight: setRejected()         rejected; also a record that has not been sent
/// in_flight: recognise()           ingested, where it shows in the posting
/// in_flight: settle()              unsent, or unresolved where that cannot be determined
/// ```
class Journal {
 public:
  /// Opens or makes the file and keeps other runs out of it.
  Journal(const std::string& file, const JournalPurpose& purpose);

  /// Unique to this journal: generated marks begin with it.
  const std::string& id() const noexcept { return file_.id(); }
  /// How many records the source had when it was read to its end; empty when it never was.
  std::optional<std::uint64_t> sourceLength();
  void setSourceLength(std::uint64_t length);
  /// As JournalFile::requireInPlace(): to be called before anything is sent.
  void requireInPlace();
  /// As JournalFile::rescue(), for when requireInPlace() throws.
  std::string rescue();

  struct Known {
    std::int64_t hash;
    RecordState state;
    std::optional<std::uint64_t> line{};
  };
  std::optional<Known> find(std::uint64_t index);
  /// One more than the highest index known.
  std::uint64_t end();
  std::uint64_t count(RecordState state);
  /// Where known records begin in the source as it is now.
  void setLines(const std::vector<JournalRecord>& records);

  /// The records are being sent from now on: `now` is the API's time, if known. Returns the indexes
  /// of those that must not be sent, since an earlier record has the same mark: they are
  /// `rejected`.
  std::vector<std::uint64_t> begin(const std::vector<JournalRecord>& records,
                                   std::optional<Timestamp> now);
  struct Receipt {
    std::uint64_t index = 0;
    std::string interview_id, interview_url;
  };
  /// `now`: the API's time, if known.
  void setIngested(const std::vector<Receipt>& receipts, std::optional<Timestamp> now);
  void setQueued(const std::vector<JournalRecord>& records, const std::string& ingestion_id);
  void setUnsent(const std::vector<JournalRecord>& records);
  struct Refusal {
    JournalRecord record;
    APIErrorDetail error;
  };
  void setRejected(const std::vector<Refusal>& refusals);

  // What became of records in flight: journal_in_doubt.cpp.

  /// When these, which are in flight without a time, were sent.
  void setSentAt(const std::vector<std::uint64_t>& indexes, Timestamp sent_at);
  /// The times of sending of all records in flight are not known after all.
  void forgetSentAt();
  /// When those in flight were sent, by the API's time: the first and the last of them. Empty where
  /// the time of one of them is not known.
  struct SendingTimes {
    Timestamp first, last;
  };
  std::optional<SendingTimes> sendingTimes();
  /// The numbers of the runs that sent those in flight.
  std::set<std::int64_t> runsInFlight();

  /// A candidate as the posting shows it.
  struct Shown {
    std::optional<std::string> mark;
    std::int64_t email_hash = 0;
    std::string interview_id, interview_url;
    std::optional<Timestamp> created_at;
  };
  /// The times that the receipt of a record and its candidate give.
  struct Comparison {
    std::int64_t run = 0;
    Timestamp received_at;  ///< the receipt, by the API's time as its responses tell it
    Timestamp created_at;   ///< the candidate, which was not later
  };
  /// Makes those of the records in flight that are among the candidates `ingested`. A candidate
  /// that is recognised by its e-mail address must have been created after the record was sent, or
  /// at most `margin` before. Returns the times that can be compared.
  std::vector<Comparison> recognise(const std::vector<Shown>& candidates,
                                    std::chrono::microseconds margin);
  /// What is still in flight has not arrived, and becomes `unsent`. It becomes `unresolved` where
  /// it may have arrived: a candidate or another record has the same e-mail address, and whose it
  /// is cannot be determined; or a record that the same run queued has not been seen in the
  /// posting, so that this one may be in the queue as well.
  void settle();
  /// How many records were recognised by their e-mail address.
  std::uint64_t matchedByEmail();

 private:
  void writeLine(const JournalRecord& record);

  std::mutex mutex_;
  JournalFile file_;
  sqlite::Database& database_;
  // Used for each record of the source.
  sqlite::Statement find_, write_line_;
};

}  // namespace heymilo::workflows
