#include "workflows/bulk/record_feed.hpp"

#include <utility>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

namespace {

/// Includes the line, with which messages began before there was BulkRecord::line.
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
  // Unreadable records count too: a file of nothing else must not be held in memory.
  while (chunk.size() + unreadable.size() < chunk_ || chunk.empty()) {
    if (unreadable.size() >= chunk_) {
      journal_.setRejected(unreadable);
      unreadable.clear();
    }
    failed_ = true;  // until the record is counted: after an error, nothing more is read
    std::optional<BulkRecord> record = source_();
    if (!record) {
      if (!stop_.cancelled()) {
        endOfSource();
      }
      failed_ = false;
      break;
    }
    const std::uint64_t index = read_;
    JournalRecord known_as;
    if (record->problem) {
      known_as = {index, hashOfProblem(*record), {}, {}};
    } else {
      known_as = identify(index, record->request, mark_, journal_.id());
    }
    known_as.line = record->line;
    const bool done = isDone(known_as);
    ++read_;
    failed_ = false;
    if (done) {
      continue;
    }
    if (record->problem) {
      unreadable.push_back({std::move(known_as), std::move(*record->problem)});
    } else {
      chunk.add(std::move(known_as), std::move(record->request));
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
    refuse(placeOf(record.index, record.line) + " is a different one");
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
                   ". Use the original source or another journal");
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
