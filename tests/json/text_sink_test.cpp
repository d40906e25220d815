#include "json/text_sink.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "json/mismatch.hpp"

namespace heymilo::json {
namespace {

std::string textOf(const std::string& value) {
  std::string out;
  TextSink(out).text(value);
  return out;
}

std::string numberOf(double value) {
  std::string out;
  TextSink(out).number(value);
  return out;
}

TEST(TextSink, SeparatesWhatIsWithinObjectsAndArrays) {
  std::string out = "> ";  // it appends
  TextSink sink(out);
  sink.beginObject();
  sink.key("empty");
  sink.beginArray();
  sink.endArray();
  sink.key("some");
  sink.beginArray();
  sink.null();
  sink.boolean(true);
  sink.boolean(false);
  sink.beginObject();
  sink.endObject();
  sink.beginObject();
  sink.key("a");
  sink.integer(-1);
  sink.endObject();
  sink.endArray();
  sink.key("last");
  sink.text("x");
  sink.endObject();
  EXPECT_EQ(out, R"(> {"empty":[],"some":[null,true,false,{},{"a":-1}],"last":"x"})");
}

TEST(TextSink, WritesAllIntegers) {
  std::string out;
  TextSink sink(out);
  sink.beginArray();
  sink.integer((std::numeric_limits<std::int64_t>::min)());
  sink.integer(0);
  sink.largeInteger((std::numeric_limits<std::uint64_t>::max)());
  sink.endArray();
  EXPECT_EQ(out, "[-9223372036854775808,0,18446744073709551615]");
}

TEST(TextSink, WritesNumbersAsDumpDoes) {
  for (const double value :
       {0.0, -0.0, 1.0, 0.1, 1e100, 1e-7, 1.7976931348623157e308, 5e-324, 123456789.125, -2.5}) {
    EXPECT_EQ(numberOf(value), nlohmann::json(value).dump());
  }
}

TEST(TextSink, RefusesNumbersThatJsonDoesNotHave) {
  for (const double value : {std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(numberOf(value), Mismatch);
  }
}

// Each byte at each place of a text: eight bytes are looked at together.
TEST(TextSink, EscapesAsDumpDoesAtEachPlace) {
  for (int byte = 0; byte < 0x80; ++byte) {
    for (std::size_t length = 1; length < 20; ++length) {
      for (std::size_t place = 0; place < length; ++place) {
        std::string text(length, 'a');
        text[place] = static_cast<char>(byte);
        ASSERT_EQ(textOf(text), nlohmann::json(text).dump()) << byte << " at " << place;
      }
    }
  }
  const std::string many = "\"\\\b\f\n\r\t\x01 \x7f \xc3\xa9 \xf0\x9f\x98\x80 /";
  EXPECT_EQ(textOf(many), nlohmann::json(many).dump());
}

TEST(TextSink, RefusesTextThatIsNotUtf8) {
  for (const char* text :
       {"\xff", "abcdefgh\xc3", "\xed\xa0\x80", "\xc0\xaf", "aaaaaaaaaaaa\x80"}) {
    EXPECT_THROW(textOf(text), Mismatch) << text;
  }
  std::string out;
  TextSink sink(out);
  sink.beginObject();
  EXPECT_THROW(sink.key("\xff"), Mismatch);
}

}  // namespace
}  // namespace heymilo::json
