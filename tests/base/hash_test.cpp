#include "base/hash.hpp"

#include <gtest/gtest.h>

namespace heymilo {
namespace {

// Journals hold these numbers: another function would not find the records of a run before an
// update. The values are those of draft-eastlake-fnv, appendix C.
TEST(Hash, IsFnv1aOf64Bits) {
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325U);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8U);
}

TEST(Hash, TakesBytesAsUnsigned) { EXPECT_EQ(fnv1a("\xff"), 0xaf64724c8602eb6eU); }

}  // namespace
}  // namespace heymilo
