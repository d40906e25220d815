#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/models/api_error.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/sqlite.hpp"

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
/// thread; they throw StoreError.
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

  /// Says that these are being sent from now on. Returns those that must not be: an earlier record
  /// has the same mark. These are `rejected` with it.
  std::vector<std::uint64_t> begin(const std::vector<JournalRecord>& records, Timestamp now);

  struct Receipt {
    std::uint64_t index = 0;
    std::string interview_id, interview_url;
  };
  void setIngested(const std::vector<Receipt>& receipts);
  void setQueued(const std::vector<std::uint64_t>& indexes, const std::string& ingestion_id);
  void setUnsent(const std::vector<std::uint64_t>& indexes);

  struct Refusal {
    JournalRecord record;
    APIErrorDetail error;
  };
  void setRejected(const std::vector<Refusal>& refusals);

  /// When the first of those in flight was sent; empty when none is.
  std::optional<Timestamp> oldestInFlight();
  /// A candidate as the posting shows it.
  struct Shown {
    std::optional<std::string> mark;
    std::int64_t email_hash = 0;
    std::string interview_id, interview_url;
  };
  /// Those of the candidates that are records in flight are `ingested`.
  void recognise(const std::vector<Shown>& candidates);
  /// What is in flight has not arrived: it is `unsent`; or `unresolved`, where another record of
  /// the same e-mail address has been recognised by it, so that it may be either.
  void settle();

  std::uint64_t count(RecordState state);
  std::uint64_t matchedByEmail();

 private:
  std::mutex mutex_;
  sqlite::Database database_;
  void writeLine(const JournalRecord& record);

  std::optional<sqlite::Statement> find_;  // the one that is used for each record of the source
  std::optional<sqlite::Statement> write_line_;
  std::string id_;
};

}  // namespace heymilo::workflows
