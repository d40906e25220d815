#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "heymilo/workflows/store_error.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/bulk/journal.hpp"

namespace heymilo::workflows {
namespace {

using heymilo_test::TemporaryDirectory;
using ::testing::HasSubstr;

class JournalFileTest : public ::testing::Test {
 protected:
  std::string contents() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
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
  try {
    Journal(file, purpose);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is not a journal of this version"));
  }
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

}  // namespace
}  // namespace heymilo::workflows
