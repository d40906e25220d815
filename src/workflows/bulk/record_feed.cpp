#include "workflows/bulk/record_feed.hpp"

#include <utility>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

namespace {

/// As of a message that begins with the line, which it had before there was BulkRecord::line.
std::int64_t hashOfProblem(const BulkRecord& record) {
  return stableHash((record.line ? "line " + std::to_string(*record.line) + ": " : std::string()) +
                    record.problem->message);
}

constexpr std::size_t kMostMoved = 10'000;

}  // namespace

RecordFeed::RecordFeed(const BulkSource& source, Journal& journal, std::string mark,
                       std::size_t chunk, CancellationToken stop)
    : source_(source),
      journal_(journal),
      mark_(std::move(mark)),
      chunk_(chunk),
      stop_(std::move(stop)),
      known_length_(journal.sourceLength()) {}

Chunk RecordFeed::next() {
  const std::lock_guard lock(mutex_);
  Chunk chunk;
  if (!given_back_.empty()) {
    chunk = std::move(given_back_.front());
    given_back_.pop_front();
  } else if (!exhausted_ && !failed_) {
    readInto(chunk);
  }
  return chunk;
}

void RecordFeed::readInto(Chunk& chunk) {
  std::vector<Journal::Refusal> unreadable;
  // Unreadable ones count, so that a file of nothing else is not held in memory.
  while (chunk.size() + unreadable.size() < chunk_ || chunk.empty()) {
    if (unreadable.size() >= chunk_) {
      journal_.setRejected(unreadable);
      unreadable.clear();
    }
    failed_ = true;  // until it is counted: what comes after an error is not asked for
    std::optional<BulkRecord> record = source_();
    if (!record) {
      if (!stop_.cancelled()) {
        endOfSource();
      }
      failed_ = false;
      break;
    }
    const std::uint64_t index = read_;
    MarkedRecord candidate;
    if (record->problem) {
      candidate.journal = {index, hashOfProblem(*record), {}, {}};
    } else {
      candidate = marked(index, std::move(record->request), mark_, journal_.id());
    }
    candidate.journal.line = record->line;
    const bool done = isDone(candidate.journal);
    ++read_;
    failed_ = false;
    if (done) {
      continue;
    }
    if (record->problem) {
      unreadable.push_back({candidate.journal, *record->problem});
    } else {
      chunk.push_back(std::move(candidate));
    }
  }
  if (!unreadable.empty()) {
    journal_.setRejected(unreadable);
  }
  noteLines();
}

void RecordFeed::noteLines() {
  if (!moved_.empty()) {
    journal_.setLines(moved_);
    moved_.clear();
  }
}

bool RecordFeed::isDone(const JournalRecord& record) {
  if (known_length_ && record.index >= *known_length_) {
    refuse("it had " + std::to_string(*known_length_) + " records, and has more");
  }
  const std::optional<Journal::Known> known = journal_.find(record.index);
  if (!known) {
    return false;
  }
  if (known->hash != record.hash) {
    refuse(placeOf(record.index, record.line) + " is another one");
  }
  if (record.line && record.line != known->line) {
    moved_.push_back(record);
    if (moved_.size() >= kMostMoved) {
      noteLines();
    }
  }
  return known->state != RecordState::unsent;
}

void RecordFeed::endOfSource() {
  const std::uint64_t known = known_length_.value_or(journal_.end());
  if (read_ < known) {
    refuse("it had " + std::string(known_length_ ? "" : "at least ") + std::to_string(known) +
           " records, and has " + std::to_string(read_));
  }
  exhausted_ = true;
  if (!known_length_) {
    journal_.setSourceLength(read_);
  }
}

void RecordFeed::refuse(const std::string& how) {
  refused_ = true;
  throw StoreError("the source is not the one that the journal was made for: " + how +
                   ". Use the source as it was, or another journal");
}

bool RecordFeed::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

void RecordFeed::giveBack(Chunk chunk) {
  const std::lock_guard lock(mutex_);
  given_back_.push_back(std::move(chunk));
}

std::uint64_t RecordFeed::read() const {
  const std::lock_guard lock(mutex_);
  return read_;
}

bool RecordFeed::exhausted() const {
  const std::lock_guard lock(mutex_);
  return exhausted_ && given_back_.empty();
}

}  // namespace heymilo::workflows
