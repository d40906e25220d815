#include <filesystem>
#include <string>

#include "support/bulk_ingest_program.hpp"
#include "support/journal_01.hpp"

// bulk_ingest finds the journal that version 0.1 has left beside the file, and takes it over.

namespace heymilo_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Lines, with the hashes that version 0.1 has written for them.
constexpr const char* kFirst = R"({"name": "Zo\u00eb 0", "email": "p0@example.com"})";
constexpr std::int64_t kHashOfFirst = -4839950752030104908;
constexpr const char* kSecond =
    R"({"name": "Zo\u00eb 1", "email": "p1@example.com", "metadata": {"number": "1"}})";
constexpr std::int64_t kHashOfSecond = 9147201762280283177;
constexpr const char* kNew = R"({"name": "New", "email": "new@example.com"})";

class BulkIngestTakeover : public BulkIngestProgram {
 protected:
  BulkIngestTakeover() {
    // A journal that has to be adopted first would wait for more than a minute.
    writePeople(1);
    EXPECT_EQ(ingest({"--journal", journal, "--new-posting"}).exit_code, 0);
    write(std::string(kNew) + '\n' + kFirst + '\n' + kSecond + '\n');
  }
  static void fill(const std::string& path) {
    Journal01File old(path, 2, "0123456789abcdef01234567", "posting-1");
    old.add(0, kHashOfFirst, "ingested", old.mark(0), ", interview_id = 'int_0'");
    old.add(1, kHashOfSecond, "queued", old.mark(1), ", ingestion_id = 'ing_1'");
  }
  std::size_t before() const { return server.candidates("posting-1").size(); }

  const std::string beside = file + ".posting-1.journal";
  const std::string journal = directory.file("new.journal");
};

TEST_F(BulkIngestTakeover, OfTheJournalBesideTheFile) {
  fill(beside);
  const std::size_t there = before();
  const ChildResult result = ingest({"--journal", journal, "--settle", "0"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("The journal of version 0.1, " + beside));
  EXPECT_THAT(result.err, HasSubstr("1 ingested, 1 queued, 0 rejected, 0 not sent"));
  EXPECT_THAT(result.err, HasSubstr("3 records: 1 ingested, 2 known"));
  EXPECT_EQ(before(), there + 1);
  const ChildResult again = ingest({"--journal", journal, "--settle", "0"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, Not(HasSubstr("version 0.1")));
  EXPECT_EQ(before(), there + 1);
}

TEST_F(BulkIngestTakeover, OfTheJournalThatIsGiven) {
  fill(journal);
  const std::size_t there = before();
  const ChildResult result = ingest({"--journal", journal, "--settle", "0"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("The journal of version 0.1, " + journal));
  EXPECT_EQ(before(), there + 1);
}

TEST_F(BulkIngestTakeover, NeedsAFileThatCanBeReadTwice) {
  fill(journal);
  const std::size_t there = before();
  const ChildResult result = run("bulk_ingest", {"posting-1", "-", "--journal", journal});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("the input is read twice: give it as a file"));
  EXPECT_EQ(before(), there);
}

}  // namespace
}  // namespace heymilo_test
