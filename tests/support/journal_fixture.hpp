#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/bulk/chunk.hpp"
#include "workflows/bulk/journal.hpp"

namespace heymilo_test {

/// A moment, so many seconds after one long past 1970.
inline Timestamp second(std::int64_t seconds) {
  return Timestamp(std::chrono::seconds{1'700'000'000 + seconds});
}

/// The record at an index of the source; its mark is `m` and the index.
inline JournalRecord record(std::uint64_t index) {
  return {index, static_cast<std::int64_t>(index) * 7, "m" + std::to_string(index), {}, index + 1};
}

/// One that has no room for a mark.
inline JournalRecord recordByEmail(std::uint64_t index, const std::string& email) {
  JournalRecord one = record(index);
  one.mark.reset();
  one.email_hash = emailHash(email);
  return one;
}

/// The candidate that record() became.
inline Journal::Shown shown(std::uint64_t index, std::optional<Timestamp> created_at = {}) {
  const std::string number = std::to_string(index);
  return {"m" + number,
          emailHash("p" + number + "@example.com"),
          "i" + number,
          "u" + number,
          created_at};
}

inline CandidateIngestRequest person(std::uint64_t number) {
  const std::string text = std::to_string(number);
  return {"Person " + text, "person" + text + "@example.com"};
}

/// Tests of a journal, without a run. The journal may be closed and opened again, as by another
/// run.
class JournalFixture : public ::testing::Test {
 protected:
  JournalFixture() { reopen(); }

  void close() { journal.reset(); }
  void reopen() {
    close();
    journal = std::make_unique<Journal>(file, purpose);
  }

  RecordState stateOf(std::uint64_t index) const { return journal->find(index).value().state; }

  /// What is reported of each record, by index. Closes the journal.
  std::map<std::uint64_t, RecordReport> report() {
    close();
    std::map<std::uint64_t, RecordReport> records;
    reportOf(file, [&](const RecordReport& one) { records[one.index] = one; });
    return records;
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("people.journal");
  const JournalPurpose purpose{"p", "heymilo_ref"};
  std::unique_ptr<Journal> journal;
};

}  // namespace heymilo_test
