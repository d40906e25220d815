// Compares the fast reader with the reference reader: if the fast one accepts a text, both must
// have sent the same events to the sink.

#include "json/fast_reader.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>

#include "contract/document_generator.hpp"
#include "json/reader.hpp"
#include "support/event_log.hpp"
#include "support/sanitizers.hpp"

namespace heymilo {
namespace {

using heymilo_test::effort;
using heymilo_test::EventLog;

std::optional<std::string> slowEvents(const std::string& text) {
  EventLog log;
  try {
    heymilo::json::read(text, log);
  } catch (const heymilo::json::SyntaxError&) {
    return std::nullopt;
  } catch (const heymilo::json::Mismatch&) {
    return std::nullopt;
  }
  return log.events();
}

std::optional<std::string> fastEvents(const std::string& text) {
  EventLog log;
  try {
    return heymilo::json::readFast(text, 0, log) ? std::optional(log.events()) : std::nullopt;
  } catch (const heymilo::json::Mismatch&) {
    return std::nullopt;
  }
}

/// How often the fast reader accepted its input.
struct Count {
  std::size_t texts = 0, understood = 0;

  void compare(const std::string& text) {
    ++texts;
    if (const auto fast = fastEvents(text)) {
      ++understood;
      EXPECT_EQ(fast, slowEvents(text)) << text;
    }
  }
};

TEST(FastReader, UnderstandsEachSchemasDocuments) {
  const contract::Contract contract;
  contract::DocumentGenerator generator(contract, 11);
  for (const auto& [name, schema] : contract.schemas().items()) {
    if (schema.at("type") != "object") {
      continue;
    }
    for (std::size_t i = 0; i < effort(200); ++i) {
      const std::string text = generator.document(name).dump(i % 3 == 0 ? 1 : -1);
      const auto fast = fastEvents(text);
      ASSERT_TRUE(fast.has_value()) << text;
      EXPECT_EQ(fast, slowEvents(text)) << text;
    }
  }
}

TEST(FastReader, ClaimsNothingThatIsNotSo) {
  const contract::Contract contract;
  contract::DocumentGenerator generator(contract, 12);
  std::mt19937 random(13);
  Count damaged;
  constexpr char kLikely[] = "{}[],:\"\\ \t\n0123456789.eE+-truefalsn\x00\x1f\x80\xff\xc3/ud8";
  for (std::size_t round = 0; round < effort(300); ++round) {
    const std::string text = generator.document("CandidateResponse").dump();
    for (int i = 0; i < 40; ++i) {
      std::string other = text;
      const std::size_t at = random() % other.size();
      switch (random() % 4) {
        case 0:
          other.resize(at);
          break;
        case 1:
          other.erase(at, 1);
          break;
        case 2:
          other[at] = kLikely[random() % (sizeof kLikely - 1)];
          break;
        default:
          other.insert(at, 1, kLikely[random() % (sizeof kLikely - 1)]);
      }
      damaged.compare(other);
    }
  }
  // Damage within a string often leaves valid JSON; most other damage is detected.
  EXPECT_GT(damaged.understood, damaged.texts / 20);
  EXPECT_LT(damaged.understood, damaged.texts);
}

TEST(FastReader, AgreesOnNumbersEscapesAndEnds) {
  for (const char* value : {"0",
                            "-0",
                            "0.0",
                            "-0.0",
                            "1",
                            "-1",
                            "01",
                            "1.",
                            ".5",
                            "1e2",
                            "1E+2",
                            "1e-2",
                            "1e",
                            "-",
                            "+1",
                            "9223372036854775807",
                            "9223372036854775808",
                            "-9223372036854775808",
                            "-9223372036854775809",
                            "18446744073709551615",
                            "18446744073709551616",
                            "1e308",
                            "1e309",
                            "5e-324",
                            "1e-400",
                            "0.1",
                            "123456789.123456789123456789",
                            "1.7976931348623157e308",
                            "NaN",
                            "Infinity",
                            "nul",
                            "nulll",
                            "null",
                            "tru",
                            "true",
                            "truee",
                            "false",
                            "\"\"",
                            "\"\\u0041\"",
                            "\"\\u00e9\"",
                            "\"\\ud83d\\ude00\"",
                            "\"\\ud83d\"",
                            "\"\\ude00\"",
                            "\"\\ud83dx\"",
                            "\"\\u12\"",
                            "\"\\x\"",
                            "\"\\/\\b\\f\\n\\r\\t\"",
                            "\"\t\"",
                            "\"\xff\"",
                            "\"\xc0\xaf\"",
                            "\"\xed\xa0\x80\"",
                            "\"",
                            "[]",
                            "[1,]",
                            "[,1]",
                            "[1 2]",
                            "[1,2",
                            "{}",
                            "{\"b\":1,}",
                            "{\"b\" 1}",
                            "{b:1}",
                            "{\"b\":1",
                            "{\"b\":1}}",
                            "{\"b\":1,\"b\":2}",
                            "1} {",
                            "/* c */ 1",
                            "'a'"}) {
    SCOPED_TRACE(value);
    Count one;
    one.compare(std::string("{\"a\":") + value + "}");
    one.compare(std::string("{\"a\":[") + value + ", " + value + "]}");
  }
  for (const char* text : {"",
                           " ",
                           "{}",
                           " {} ",
                           "{} x",
                           "{}{}",
                           "\xef\xbb\xbf{}",
                           "[]",
                           "1",
                           "null",
                           "{",
                           "}",
                           "{\"a\":1}]",
                           "\n{\"a\"\n:\t1\r}\n"}) {
    Count one;
    one.compare(text);
  }
}

TEST(FastReader, AnyDepthEnds) {
  for (const std::size_t depth : {std::size_t{200}, std::size_t{300}, std::size_t{100'000}}) {
    const std::string text = "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    EXPECT_EQ(fastEvents(text), slowEvents(text)) << depth;
  }
}

TEST(FastReader, NeedsNoCopyWhereTheTextHasRoomBehindIt) {
  std::string text = R"({"a":[1,2.5,"x"]})";
  const std::string events = *slowEvents(text);
  text.reserve(text.size() + 100);
  EventLog log;
  EXPECT_TRUE(heymilo::json::readFast(text, text.capacity() - text.size(), log));
  EXPECT_EQ(log.events(), events);
}

}  // namespace
}  // namespace heymilo
