#include "workflows/bulk/journal_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "heymilo/workflows/store_error.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/bulk/journal.hpp"

namespace heymilo_test {
namespace {

class JournalFileTest : public ::testing::Test {
 protected:
  std::string contents() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string complaint(const JournalPurpose& given) const {
    try {
      JournalFile(file, given);
      return "none";
    } catch (const StoreError& error) {
      return error.what();
    }
  }

  std::vector<std::optional<std::uint64_t>> lines() const {
    std::vector<std::optional<std::uint64_t>> lines;
    reportOf(file, [&](const RecordReport& record) { lines.push_back(record.line); });
    return lines;
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("journal");
  const JournalPurpose purpose{"p", "heymilo_ref"};
};

TEST_F(JournalFileTest, SomebodyElsesDatabaseStaysAsItIs) {
  sqlite::Database(file).execute("CREATE TABLE notes(text TEXT); INSERT INTO notes VALUES('mine')");
  const std::string before = contents();
  EXPECT_THAT(complaint(purpose),
              HasSubstr(file + " is not a journal of this version: use another"));
  EXPECT_EQ(contents(), before);
  EXPECT_THROW(reportOf(file, [](const RecordReport&) {}), StoreError);
}

TEST_F(JournalFileTest, OneOfAVersionWithoutLinesIsCompleted) {
  {
    Journal journal(file, purpose);
    journal.setRejected({{{0, 17, {}, {}, 3}, {"invalid_record", "not JSON"}}});
  }
  EXPECT_EQ(lines()[0], 3u);
  sqlite::Database(file).execute("ALTER TABLE record RENAME COLUMN line TO unknown");
  EXPECT_EQ(lines()[0], std::nullopt);
  Journal journal(file, purpose);
  EXPECT_EQ(journal.find(0)->hash, 17);
  EXPECT_EQ(journal.find(0)->line, std::nullopt);
  journal.setLines({{0, 17, {}, {}, 4}});
  EXPECT_EQ(journal.find(0)->line, 4u);
}

TEST_F(JournalFileTest, IsForOnePostingAndOneMark) {
  { const JournalFile made(file, purpose); }
  const std::string before = contents();
  EXPECT_THAT(complaint({"q", "heymilo_ref"}),
              HasSubstr(file + " is the journal of another posting: use another file"));
  EXPECT_THAT(complaint({"p", "external_id"}),
              HasSubstr("with another mark than external_id: use that mark or another file"));
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(complaint(purpose), "none");
}

TEST_F(JournalFileTest, KeepsItsIdAndCountsItsRuns) {
  std::set<std::string> ids;
  for (std::int64_t run = 1; run <= 12; ++run) {
    const JournalFile opened(file, purpose);
    EXPECT_EQ(opened.run(), run);
    ids.insert(opened.id());
  }
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_EQ(ids.begin()->size(), 24u);
  const JournalFile other(directory.file("other"), purpose);
  EXPECT_EQ(ids.count(other.id()), 0u);
}

TEST_F(JournalFileTest, IsForOneRunAtATime) {
  const JournalFile first(file, purpose);
  EXPECT_THAT(complaint(purpose), HasSubstr("another run"));
}

TEST_F(JournalFileTest, ADamagedLengthIsNotTakenForOne) {
  for (const char* length : {"12x", "x", "-1", "99999999999999999999999"}) {
    JournalFile opened(file, purpose);
    opened.database().execute("INSERT OR REPLACE INTO about VALUES('source_length', '" +
                              std::string(length) + "')");
    EXPECT_THROW(opened.sourceLength(), StoreError) << length;
  }
}

TEST_F(JournalFileTest, IsSavedUnderANameThatIsFree) {
  JournalFile opened(file, purpose);
  opened.setSourceLength(95);
  std::ofstream(file + ".rescued-2") << "somebody else's";
  EXPECT_EQ(opened.rescue(), file + ".rescued");
  EXPECT_EQ(opened.rescue(), file + ".rescued-3");
  JournalFile rescued(file + ".rescued", purpose);
  EXPECT_EQ(rescued.sourceLength(), 95u);
  EXPECT_EQ(rescued.id(), opened.id());
}

}  // namespace
}  // namespace heymilo_test
