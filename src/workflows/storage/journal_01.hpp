#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// A journal of version 0.1: an SQLite file with a row for each record of one source, by its place
/// there, with a hash of the request and the mark under which the posting shows it. It is only
/// read, but that version 0.1 is kept from using it again. For one thread at a time. Functions
/// throw StoreError.
class Journal01 {
 public:
  /// Whether the file exists and has such a journal. Throws where another program has it locked.
  static bool isOne(const std::string& file);

  /// Throws also where a run of version 0.1 uses it.
  explicit Journal01(const std::string& file);

  const std::string& file() const noexcept { return database_.file(); }
  /// 24 hexadecimal digits, with which the marks that it has made begin.
  const std::string& id() const noexcept { return id_; }
  std::string postingId() { return about("posting_id"); }
  /// The metadata key of its marks.
  std::string markKey() { return about("mark"); }

  /// The hash by which it knows a request, written as JSON.
  static std::int64_t hashOf(const std::string& request) noexcept;

  /// A record of the source as it is now. It is kept in a temporary file of SQLite. Between
  /// beginRecords() and endRecords().
  void beginRecords() { database_.execute("BEGIN"); }
  void endRecords() { database_.execute("COMMIT"); }
  void addRecord(std::int64_t hash, const std::string& key, const std::string& digest);
  /// Records that the journal does not have.
  std::uint64_t unknownRecords();

  /// Whether the outcome of one of its records is open: `in_flight`, `unresolved` or, with
  /// `queued`, that as well.
  bool hasOpen(bool queued);
  bool hasQueued();
  /// A candidate of the posting with this mark: whether a record with it is open.
  bool isOpen(const std::string& mark);
  /// It is there. `is_known`: the candidate's key can be told without the journal.
  void show(const std::string& mark, const std::string& interview_id,
            const std::string& interview_url, bool is_known);
  /// Open records that show in the posting, or may be there, with a key that cannot be told: they
  /// are not in the source.
  std::uint64_t lostRecords();

  /// A row of a record that is in the source.
  struct Row {
    std::int64_t index = 0;
    std::string key{}, digest{};
    std::string state{};  ///< as version 0.1 wrote it; `ingested` where it was shown
    std::string interview_id{}, interview_url{}, ingestion_id{}, error_code{};
  };
  /// The next rows after this index, at first -1.
  std::vector<Row> rows(std::int64_t after, std::size_t most);

  bool isLockedOut();
  /// Version 0.1 refuses it from now on. Throws where it has been written since it was opened.
  void lockOut();

 private:
  std::string about(const char* key);
  std::int64_t version();
  std::uint64_t count(const char* sql);

  sqlite::Database database_;
  std::string id_;
  std::int64_t version_ = 0;  // of the contents: changes when another connection writes
  std::optional<sqlite::Statement> add_, is_open_, show_;
};

}  // namespace heymilo::workflows
