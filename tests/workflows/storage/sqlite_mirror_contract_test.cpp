// A mirror in SQLite: what each mirror has to do.

#include <gtest/gtest.h>

#include <string>

#include "support/temporary_directory.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/mirror/sqlite_files.hpp"

namespace heymilo_test {
namespace {

class SqliteMirrorContract : public ::testing::TestWithParam<MirrorRule> {};

TEST_P(SqliteMirrorContract, Holds) {
  const TemporaryDirectory directory;
  SqliteFiles files(directory.path());
  GetParam().check(files);
}

std::string nameOf(const ::testing::TestParamInfo<MirrorRule>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Store, SqliteMirrorContract, ::testing::ValuesIn(mirrorContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Changes, SqliteMirrorContract, ::testing::ValuesIn(changesContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Erasure, SqliteMirrorContract, ::testing::ValuesIn(erasureContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Windows, SqliteMirrorContract, ::testing::ValuesIn(windowContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Search, SqliteMirrorContract, ::testing::ValuesIn(searchContract()),
                         nameOf);

}  // namespace
}  // namespace heymilo_test
