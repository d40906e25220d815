// Where the parser keeps the token that it reads: the rest is tested with json/codec.

#include "json/reader.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo::json {
namespace {

/// The texts of an array, or of an object's properties.
class Texts final : public Sink {
 public:
  void null() override {}
  void boolean(bool) override {}
  void integer(std::int64_t) override {}
  void largeInteger(std::uint64_t) override {}
  void number(double value) override { numbers.push_back(value); }
  void text(std::string_view value) override {
    if (on_text) {
      on_text(value);
    }
    found.emplace_back(value);
  }
  void beginObject() override {}
  void key(std::string_view name) override { found.emplace_back(name); }
  void endObject() override {}
  void beginArray() override {}
  void endArray() override {}

  std::vector<std::string> found;
  std::vector<double> numbers;
  std::function<void(std::string_view)> on_text;
};

std::string inQuotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string patternOf(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += static_cast<char>('a' + (i * 7 + size) % 26);
  }
  return text;
}

TEST(Reader, ReadsTokensOfAnyLength) {
  for (std::size_t size = 0; size < 10'000; size = size < 600 ? size + 1 : size * 5 / 4) {
    const std::string text = patternOf(size);
    Texts texts;
    read("[" + inQuotes(text) + "," + inQuotes("x") + "," + inQuotes(text) + "]", texts);
    ASSERT_EQ(texts.found, (std::vector<std::string>{text, "x", text})) << size;
  }
}

TEST(Reader, ReadsALongNumber) {
  Texts texts;
  read("[1." + std::string(9'000, '0') + "5]", texts);
  EXPECT_EQ(texts.numbers, std::vector<double>{1.0});
}

TEST(Reader, ReadsADocumentWithinADocument) {
  Texts texts;
  texts.on_text = [](std::string_view value) {  // as a sink may
    Texts inner;
    read("[" + inQuotes(patternOf(value.size() * 30)) + "]", inner);
    EXPECT_EQ(inner.found, std::vector<std::string>{patternOf(value.size() * 30)});
    EXPECT_THROW(read("[" + inQuotes(patternOf(2'000)), inner), SyntaxError);
  };
  std::vector<std::string> expected;
  std::string document = "[";
  for (std::size_t size = 1; size < 300; ++size) {
    expected.push_back(patternOf(size));
    document += (size == 1 ? "" : ",") + inQuotes(expected.back());
  }
  read(document + "]", texts);
  EXPECT_EQ(texts.found, expected);
}

TEST(Reader, SaysWhereAnErrorIsInEachByte) {
  // The positions are the parser's own: of what it has read, and of the end.
  const std::string document = R"({"a":"b","c":[1,2.5,true,null]})";
  for (std::size_t size = 0; size < document.size(); ++size) {
    Texts texts;
    try {
      read(document.substr(0, size), texts);
      ADD_FAILURE() << size;
    } catch (const SyntaxError& error) {
      EXPECT_LE(error.position, size);
      EXPECT_GE(error.position + 6, size) << size;
    }
  }
}

TEST(Reader, RefusesWhatIsNoTextInAText) {
  for (const char byte : {'\x01', '\x1f', '\x80', '\xc3', '\xff'}) {
    const std::string text = std::string("[\"ab") + byte + "cd\"]";
    Texts texts;
    try {
      read(text, texts);
      ADD_FAILURE() << static_cast<int>(byte);
    } catch (const SyntaxError& error) {  // there, and not at the end of the input
      EXPECT_GE(error.position, 4u);
      EXPECT_LE(error.position, 5u) << static_cast<int>(byte);
    }
    EXPECT_THROW(read(std::string("[") + byte + "]", texts), SyntaxError);
  }
  Texts texts;
  read("[\"\xc3\xa9\",\"\x7f\"]", texts);
  EXPECT_EQ(texts.found, (std::vector<std::string>{"\xc3\xa9", "\x7f"}));
}

}  // namespace
}  // namespace heymilo::json
