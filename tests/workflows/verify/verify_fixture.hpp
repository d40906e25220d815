#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/verify.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/rows_journal.hpp"

namespace heymilo_test {

/// For tests of verifyPosting(), with a mock server whose posting is `p`.
class VerifyTest : public BulkIngestTest {
 protected:
  VerifyTest() {
    options.key = "number";
    verify_options.on_finding = [this](const heymilo::workflows::VerifyFinding& finding) {
      findings.push_back(finding);
    };
    journal.standing_ = heymilo::workflows::JournalStanding{
        heymilo::workflows::JournalPosting{"p", client().baseUrl(), "key:number", 1}};
  }

  heymilo::Client client() const { return heymilo::Client(client_options); }

  /// Of the posting `p` and the journal of ingest().
  heymilo::workflows::VerifyResult verified() {
    findings.clear();
    return heymilo::workflows::verifyPosting(
        client(), "p", *heymilo::workflows::sqliteJournal(options.journal), verify_options);
  }
  /// Of the posting `p` and the journal in memory.
  heymilo::workflows::VerifyResult verifiedRows() {
    findings.clear();
    return heymilo::workflows::verifyPosting(client(), "p", journal, verify_options);
  }

  std::string addCandidate(const Metadata& metadata) {
    return server.addCandidate("p", {{"name", "Ada"}, {"metadata", metadata}});
  }
  std::string addMarked(const std::string& number) {
    return addCandidate({{"number", number}, {"heymilo_ref", "key:number:" + number}});
  }
  static std::string keyOf(const std::string& number) { return "key:number:" + number; }

  heymilo::workflows::VerifyOptions verify_options;
  RowsJournal journal;
  std::vector<heymilo::workflows::VerifyFinding> findings;
};

}  // namespace heymilo_test
