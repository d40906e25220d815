#include "workflows/bulk/key/address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heymilo::workflows {
namespace {

TEST(AddressTest, AsciiLettersAreInLowerCase) {
  EXPECT_EQ(canonicalAddress("Ada.Z+Jobs@Example.COM"), "ada.z+jobs@example.com");
  EXPECT_EQ(canonicalAddress("@[`{AZ"), "@[`{az");  // next to the letters
  EXPECT_EQ(canonicalAddress("ZOË@example.com"), "zoË@example.com");
}

TEST(AddressTest, WhiteSpaceAtTheEndsIsNotPartOfIt) {
  for (const char* space : {" ",
                            "\t",
                            "\n",
                            "\v",
                            "\f",
                            "\r",
                            "\r\n",
                            "  \t ",
                            "\u0085",
                            "\u00a0",
                            "\u1680",
                            "\u2000",
                            "\u200a",
                            "\u2028",
                            "\u2029",
                            "\u202f",
                            "\u205f",
                            "\u3000",
                            " \u00a0 "}) {
    const std::string blank = space;
    EXPECT_EQ(canonicalAddress(blank + "ada@example.com"), "ada@example.com") << space;
    EXPECT_EQ(canonicalAddress("ada@example.com" + blank), "ada@example.com") << space;
    EXPECT_EQ(canonicalAddress(blank + "ada @example.com" + blank), "ada @example.com") << space;
    EXPECT_EQ(canonicalAddress(blank), "") << space;
  }
  EXPECT_EQ(canonicalAddress(""), "");
}

TEST(AddressTest, NothingElseIsRemoved) {
  for (const std::string text : {"\u200b@x",
                                 "\ufeff@x",
                                 "\u180e@x",
                                 "'ada@x'",
                                 "<ada@x>",
                                 "x@\u20ac",
                                 "x@\u4e00",
                                 "\xa0",
                                 "x\xc2",
                                 "\x85x",
                                 "x\x80\x80\x80\x80\x80"}) {
    EXPECT_EQ(canonicalAddress(text), text);
  }
  EXPECT_EQ(canonicalAddress(std::string("\0x", 2)), std::string("\0x", 2));
}

}  // namespace
}  // namespace heymilo::workflows
