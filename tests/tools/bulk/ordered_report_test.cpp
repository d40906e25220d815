#include "bulk/ordered_report.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/temporary_directory.hpp"

namespace {

/// What is in the report after these records, in this order.
std::string reportOf(const std::vector<std::uint64_t>& indices, std::size_t most) {
  const heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("report");
  bulk::OrderedReport report(file, most);
  for (const std::uint64_t index : indices) {
    report.write(index, std::to_string(index) + ' ');
  }
  report.finish();
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(OrderedReport, IsInTheOrderOfTheInput) {
  EXPECT_EQ(reportOf({2, 0, 1, 4, 3}, 10), "0 1 2 3 4 ");
  EXPECT_EQ(reportOf({0, 1, 2}, 10), "0 1 2 ");
}

TEST(OrderedReport, HasARecordAtTheEndWhoseFateIsNotKnownForLong) {
  EXPECT_EQ(reportOf({1, 2, 3, 4, 0}, 2), "1 2 3 4 0 ");
  EXPECT_EQ(reportOf({1, 2, 4, 3, 0}, 3), "1 2 3 4 0 ");
}

TEST(OrderedReport, LeavesNothingOutWhereARecordIsMissing) {
  EXPECT_EQ(reportOf({1, 3}, 10), "1 3 ");
}

}  // namespace
