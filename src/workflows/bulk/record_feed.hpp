#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/bulk/chunk.hpp"
#include "workflows/bulk/journal.hpp"

namespace heymilo::workflows {

/// The records that still have to be sent, in chunks: first those that were given back, then those
/// of the source that are not done according to the journal. All functions may be called by any
/// thread.
class RecordFeed {
 public:
  /// `source` and `journal` must live as long as this. When `stop` is cancelled, a source that
  /// returns nothing has not ended.
  RecordFeed(const BulkSource& source, Journal& journal, std::string mark, std::size_t chunk,
             CancellationToken stop);

  /// The next chunk, of at most `chunk` records; empty when there is none. Records that the source
  /// could not read become `rejected`. Throws what the source throws, and StoreError where a record
  /// is not the one that the journal knows.
  Chunk next();
  /// To be sent again.
  void giveBack(Chunk chunk);

  /// How many records have come from the source.
  std::uint64_t read() const;
  /// The source has been read to its end, and nothing that was given back is left.
  bool exhausted() const;
  /// A record was not the one that the journal knows: the StoreError is about the source.
  bool refused() const;

 private:
  void readInto(Chunk& chunk);
  void endOfSource();
  [[noreturn]] void refuse(const std::string& how);
  bool isDone(const JournalRecord& record);
  void noteLines();

  const BulkSource& source_;
  Journal& journal_;
  const std::string mark_;
  const std::size_t chunk_;
  const CancellationToken stop_;
  const std::optional<std::uint64_t> known_length_;

  mutable std::mutex mutex_;
  std::deque<Chunk> given_back_;
  std::uint64_t read_ = 0;
  bool exhausted_ = false;
  bool refused_ = false;
  bool failed_ = false;               // the source has thrown, or its record was refused
  std::vector<JournalRecord> moved_;  // known ones that begin at another line than before
};

}  // namespace heymilo::workflows
