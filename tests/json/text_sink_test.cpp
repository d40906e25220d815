#include "json/text_sink.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "json/mismatch.hpp"

namespace heymilo::json {
namespace {

std::string textOf(const std::string& value) {
  TextSink sink;
  sink.text(value);
  return sink.take();
}

std::string numberOf(double value) {
  TextSink sink;
  sink.number(value);
  return sink.take();
}

TEST(TextSink, SeparatesWhatIsWithinObjectsAndArrays) {
  TextSink sink;
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
  EXPECT_EQ(sink.take(), R"({"empty":[],"some":[null,true,false,{},{"a":-1}],"last":"x"})");
}

TEST(TextSink, WritesAllIntegers) {
  TextSink sink;
  sink.beginArray();
  sink.integer((std::numeric_limits<std::int64_t>::min)());
  sink.integer(0);
  sink.largeInteger((std::numeric_limits<std::uint64_t>::max)());
  sink.endArray();
  EXPECT_EQ(sink.take(), "[-9223372036854775808,0,18446744073709551615]");
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
  TextSink sink;
  sink.beginObject();
  EXPECT_THROW(sink.key("\xff"), Mismatch);
}

// The length of the rest is estimated by the first ones.
TEST(TextSink, TakesNoMemoryForElementsThatAreShorterThanTheFirst) {
  TextSink sink;
  sink.beginArray();
  for (std::size_t i = 0; i < 1'000; ++i) {
    sink.progress(i, 1'000);
    sink.text(std::string(i == 0 ? 3'000'000 : 10, 'x'));
  }
  sink.endArray();
  const std::string text = sink.take();
  EXPECT_EQ(text.size(), 3'000'002 + 999 * 13 + 2);
  EXPECT_LE(text.capacity(), 3 * text.size());
}

// Whatever was in the way of fast copying, and wherever the space ended.
TEST(TextSink, WritesRandomTextsAsDumpDoes) {
  std::mt19937 random(1);  // NOLINT: the same each time
  const std::vector<std::string> parts{"a",
                                       "plain text ",
                                       "\"",
                                       "\\",
                                       "\n",
                                       std::string("\0", 1),
                                       "\x1f",
                                       "\x7f",
                                       "\xc3\xa9",
                                       "\xe4\xb8\xad",
                                       "\xf0\x9f\x98\x80"};
  nlohmann::json all = nlohmann::json::array();
  TextSink sink;
  sink.beginArray();
  for (int i = 0; i < 3'000; ++i) {
    std::string text;
    for (auto length = random() % 120; length > 0; --length) {
      text += parts[random() % (i % 2 == 0 ? 2 : parts.size())];
    }
    sink.progress(static_cast<std::size_t>(i), 3'000);
    sink.beginObject();
    sink.key(text);
    sink.text(text);
    sink.endObject();
    all.push_back({{text, text}});
  }
  sink.endArray();
  EXPECT_EQ(sink.take(), all.dump());
}

}  // namespace
}  // namespace heymilo::json
