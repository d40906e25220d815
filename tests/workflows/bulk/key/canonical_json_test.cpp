#include "workflows/bulk/key/canonical_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "heymilo/models/ingest.hpp"
#include "json/codec.hpp"
#include "json/mismatch.hpp"

namespace heymilo::workflows {
namespace {

using nlohmann::json;

std::string canonical(const json& value) {
  std::string text;
  CanonicalJson writer(text);
  writer.value(value);
  EXPECT_EQ(writer.problem(), nullptr) << text;
  return text;
}

std::string problemOf(const json& value) {
  std::string text;
  CanonicalJson writer(text);
  writer.value(value);
  return writer.problem() == nullptr ? "" : writer.problem();
}

TEST(CanonicalJsonTest, HasNoSpacesAndSortsMembersByTheirBytes) {
  EXPECT_EQ(canonical(json::parse(
                R"( { "b" : [ 1 , { } , [ ] ] , "a" : { "y" : null , "x" : true } } )")),
            R"({"a":{"x":true,"y":null},"b":[1,{},[]]})");
  // U+FFFF before U+1F600, which UTF-16 would have before it.
  EXPECT_EQ(canonical(json::parse(R"({"é":1,"😀":2,"\uffff":3,"a":4,"B":5,"":6,"aa":7})")),
            "{\"\":6,\"B\":5,\"a\":4,\"aa\":7,\"é\":1,\"\uffff\":3,\"😀\":2}");
}

TEST(CanonicalJsonTest, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(canonical(json::parse(R"("\u00e9\/\u007f\u2028\ud83d\ude00 '")")),
            "\"é/\x7f\u2028😀 '\"");
  EXPECT_EQ(canonical(json::parse(R"("\"\\\b\f\n\r\t\u0000\u001f")")),
            R"("\"\\\b\f\n\r\t\u0000\u001f")");
  EXPECT_EQ(canonical(json::parse(R"({"\n":"a\nb"})")), R"({"\n":"a\nb"})");
  // A text that ends like a structure is followed by a comma all the same.
  EXPECT_EQ(canonical(json::parse(R"(["{","[",":",1])")), R"(["{","[",":",1])");
}

TEST(CanonicalJsonTest, ANumberIsItsValueAndNotItsSpelling) {
  for (const char* one : {"1", "1.0", "1e0", "10e-1", "0.1e1", "1.000"}) {
    EXPECT_EQ(canonical(json::parse(one)), "1") << one;
  }
  for (const char* zero : {"0", "-0", "0.0", "-0.0", "0e5", "1e-400"}) {
    EXPECT_EQ(canonical(json::parse(zero)), "0") << zero;
  }
  EXPECT_EQ(canonical(json(std::int64_t{5})), canonical(json(std::uint64_t{5})));
  EXPECT_EQ(canonical(json::parse("-1e2")), "-100");
  EXPECT_EQ(canonical(json::parse("1e18")), "1000000000000000000");
}

TEST(CanonicalJsonTest, LargeIntegersAreExact) {
  for (const char* text : {"9007199254740993",  // 2^53 + 1
                           "9223372036854775807",
                           "9223372036854775808",
                           "18446744073709551615",
                           "-9223372036854775808",
                           "-9007199254740993"}) {
    EXPECT_EQ(canonical(json::parse(text)), text);
  }
  EXPECT_EQ(canonical(json::parse("9223372036854775808.0")), "9223372036854775808");
  EXPECT_EQ(canonical(json::parse("-9223372036854775808.0")), "-9223372036854775808");
  // Beyond 64 bits a number is a double, for nlohmann/json and so for the API.
  EXPECT_EQ(canonical(json::parse("18446744073709551616")), "1.8446744073709552e+19");
  EXPECT_EQ(canonical(json::parse("-9223372036854775809.0")), "-9223372036854775808");
  EXPECT_EQ(canonical(json::parse("-1e19")), "-1e+19");
}

// What Python's repr() gives: the fewest digits.
TEST(CanonicalJsonTest, OtherNumbersHaveTheFewestDigits) {
  for (const char* text :
       {"5e-324",
        "1.7976931348623157e+308",
        "5.684341886080802e-14",  // 2^-44, at whose lower side doubles are denser
        "2.2250738585072014e-308",
        "1e-05",
        "9.999999999999999e-05",
        "0.0001",
        "0.1",
        "0.30000000000000004",
        "0.3333333333333333",
        "-0.5",
        "123456.789",
        "1234567890123456.5",
        "1e+20",
        "-1e+20",
        "1e+23"}) {
    EXPECT_EQ(canonical(json::parse(text)), text);
  }
  EXPECT_EQ(canonical(json::parse("87.50")), "87.5");
  EXPECT_EQ(canonical(json::parse("8750e-2")), "87.5");
}

TEST(CanonicalJsonTest, WhatCannotBeSentIsNamed) {
  EXPECT_EQ(problemOf(json("a\xff")), "must be UTF-8");
  EXPECT_EQ(problemOf(json{{"a\xff", 1}}), "must be UTF-8");
  EXPECT_EQ(problemOf(json("\xed\xa0\x80")), "must be UTF-8");  // a surrogate
  for (const double value : {std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(problemOf(json{1, value}), ::testing::HasSubstr("NaN or infinity"));
  }
  EXPECT_THAT(problemOf(json::binary({1, 2})), ::testing::HasSubstr("binary"));
}

TEST(CanonicalJsonTest, IsAsDeepAsTheCodecSends) {
  const auto sends = [](const json& data) {
    CandidateIngestRequest request{"A", "a@b.c"};
    request.data = data;
    try {
      heymilo::json::encode(request);
      return true;
    } catch (const heymilo::json::Mismatch&) {
      return false;
    }
  };
  json value = 1;
  for (int levels = 1; levels <= 300; ++levels) {
    value = json{{"a", std::move(value)}};
    EXPECT_EQ(problemOf(value), levels < 256 ? "" : "is nested deeper than 256 levels") << levels;
    EXPECT_EQ(sends(value), levels < 256) << levels;
  }
}

}  // namespace
}  // namespace heymilo::workflows
