#include "workflows/bulk/key/canonical_content.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "support/namespaces.hpp"

namespace heymilo_test {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string textOf(const CandidateIngestRequest& request) {
  const CanonicalContent content = canonicalContent(request);
  EXPECT_FALSE(content.problem) << content.problem->message;
  return content.text;
}

std::string textOf(const std::string& record) {
  return textOf(json::parse(record).get<CandidateIngestRequest>());
}

std::string problemOf(const CandidateIngestRequest& request) {
  const CanonicalContent content = canonicalContent(request);
  EXPECT_EQ(content.text.empty(), content.problem.has_value());
  return content.problem ? content.problem->param.value_or("") + ": " + content.problem->message
                         : "";
}

struct Example {
  const char* record;
  const char* digest;
};

// Postings and journals have these digests: they must never change. They are not this program's:
//
//   import json, hashlib
//   def number(v):  # each float that is a 64-bit integer is one
//       if isinstance(v, float) and v.is_integer() and -2**63 <= v < 2**64: return int(v)
//       if type(v) is int and not -2**63 <= v < 2**64: return float(v)
//       if isinstance(v, dict): return {k: number(x) for k, x in v.items()}
//       return [number(x) for x in v] if isinstance(v, list) else v
//   record = json.loads(RECORD)
//   record["metadata"] = {k: v for k, v in (record.get("metadata") or {}).items()
//                         if k != "heymilo_ref"}
//   record = {k: number(v) for k, v in record.items() if v is not None and v != {}}
//   text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
//   print(hashlib.sha256(text.encode()).hexdigest())
constexpr Example kExamples[] = {
    {R"({"name":"Ada Example","email":"ada@example.com"})",
     "830530ee23e941ec0c3c595b46eca47bf9217c5abf1b590ce12aae786d848b9d"},
    {R"({"phone_number":"+14155550123","name":"Zo\u00eb \"Z\" O\\Neil","email":"Zoe@Example.com",)"
     R"("metadata":{"external_id":"a-1","heymilo_ref":"key:external_id:a-1",)"
     R"("B":"tab\there\u0001/\u007f"}})",
     "9e8912cac03ebd29743467349310bae4ff7f983613a17b98c00885798ce30855"},
    {R"({"email":"a@b.example","name":"\ud83d\ude00","source":{"channel":"ats","tags":[]},)"
     R"("data":{"score":87.5,"count":1.0,"zero":-0.0,"big":18446744073709551615,)"
     R"("bigger":18446744073709551616,"least":-9223372036854775808,"tiny":1e-7,)"
     R"("list":[null,true,false,{},[],""],"\u00e9":0.1,"\uffff":1,"\ud83d\ude00":2,"Z":1e2}})",
     "b02301143ffe4c1ce1c4bc4a022af2262bb5b7435fedea43df3f7e7ce8276c6a"},
    {R"({"name":"","email":"","phone_number":null,"metadata":{},"data":{}})",
     "7370a38eab58827badedb5fd70311098e988e580d403900e40c13efea7c7f7b6"},
};

TEST(CanonicalContentTest, DigestsAreFixed) {
  EXPECT_EQ(kContentVersion, 1);
  for (const Example& example : kExamples) {
    const std::string text = textOf(example.record);
    EXPECT_EQ(sha256Hex(text), example.digest) << text;
  }
}

TEST(CanonicalContentTest, TheReferenceIsNotContent) {
  const std::string without = R"({"email":"a@b.c","metadata":{"a":"1","z":"2"},"name":"A"})";
  CandidateIngestRequest request{"A", "a@b.c"};
  request.withMetadata("z", "2").withMetadata("a", "1");
  EXPECT_EQ(textOf(request), without);
  request.withMetadata("heymilo_ref", "anything");
  EXPECT_EQ(textOf(request), without);
  // Only as a key of the metadata.
  request.withData("heymilo_ref", "anything");
  EXPECT_THAT(textOf(request), HasSubstr("anything"));
}

TEST(CanonicalContentTest, WhatHoldsNothingIsAsIfItWereAbsent) {
  const std::string text = textOf(R"({"name":"A","email":"a@b.c"})");
  EXPECT_EQ(text, R"({"email":"a@b.c","name":"A"})");
  for (const char* same :
       {R"({"name":"A","email":"a@b.c","phone_number":null,"metadata":null,"data":null})",
        R"({"name":"A","email":"a@b.c","metadata":{},"data":{}})",
        R"({"name":"A","email":"a@b.c","metadata":{"heymilo_ref":"x"}})",
        R"({"name":"A","email":"a@b.c","resume":null,"links":{}})"}) {
    EXPECT_EQ(textOf(same), text) << same;
  }
  for (const char* other : {R"({"name":"A","email":"a@b.c","phone_number":""})",
                            R"({"name":"A","email":"a@b.c","metadata":{"":""}})",
                            R"({"name":"A","email":"a@b.c","data":{"a":null}})",
                            R"({"name":"A","email":"a@b.c","data":{"a":{}}})",
                            R"({"name":"A","email":"a@b.c","resume":""})",
                            R"({"name":"A","email":"a@b.c","links":[]})"}) {
    EXPECT_NE(textOf(other), text) << other;
  }
  EXPECT_NE(textOf(R"({"name":"A","email":"a@b.c","data":{"a":null}})"),
            textOf(R"({"name":"A","email":"a@b.c","data":{"a":{}}})"));
}

// A property of a newer API is an additional one today, and a member tomorrow.
TEST(CanonicalContentTest, AdditionalPropertiesAreAmongTheOthers) {
  EXPECT_EQ(textOf(R"({"name":"A","zip":"1","email":"a@b.c","age":1.0,"linked":{"b":1,"a":2}})"),
            R"({"age":1,"email":"a@b.c","linked":{"a":2,"b":1},"name":"A","zip":"1"})");
}

TEST(CanonicalContentTest, WhatCannotBeSentIsNamed) {
  CandidateIngestRequest request{"A\xff", "a@b.c"};
  EXPECT_EQ(problemOf(request), "name: must be UTF-8");
  request = {"A", "\xff"};
  EXPECT_EQ(problemOf(request), "email: must be UTF-8");
  request = CandidateIngestRequest{"A", "a@b.c"}.withMetadata("a", "\xff");
  EXPECT_EQ(problemOf(request), "metadata: must be UTF-8");
  request = CandidateIngestRequest{"A", "a@b.c"}.withMetadata("\xff", "a");
  EXPECT_EQ(problemOf(request), "metadata: must be UTF-8");
  request =
      CandidateIngestRequest{"A", "a@b.c"}.withData("a", std::numeric_limits<double>::infinity());
  EXPECT_THAT(problemOf(request), StartsWith("data: must not hold NaN or infinity"));
  request = {"A", "a@b.c"};
  request.data = json::array();
  EXPECT_EQ(problemOf(request), "data: must be a JSON object");
  request = {"A", "a@b.c"};
  request.additional_properties = json::array();
  EXPECT_EQ(problemOf(request), "additional_properties: must be a JSON object");
  request.additional_properties = {{"a\xff", 1}};
  EXPECT_EQ(problemOf(request), "additional_properties: must be UTF-8");
  for (const char* member : {"name", "phone_number", "data"}) {
    request.additional_properties = {{member, "x"}};
    EXPECT_EQ(problemOf(request),
              std::string(member) + ": is also in additional_properties: remove it there");
  }
  EXPECT_EQ(canonicalContent(request).problem->code, "invalid_record");
}

/// Records and their spellings, from a seed.
class Records {
 public:
  explicit Records(std::uint32_t seed) : random_(seed) {}

  json record() {
    json one = {{"name", text()}, {"email", text()}};
    if (happens(2)) {
      one["phone_number"] = text();
    }
    if (happens(2)) {
      for (std::size_t i = below(5); i > 0; --i) {
        one["metadata"][text() + std::to_string(i)] = text();
      }
    }
    for (std::size_t i = below(4); i > 0; --i) {
      one["data"][text() + std::to_string(i)] = value(3);
    }
    if (happens(4)) {
      one["x" + text()] = value(2);
    }
    return one;
  }

  /// The same record, written in another way.
  std::string spelled(const json& value) {
    switch (value.type()) {
      case json::value_t::object: {
        std::vector<std::string> members;
        for (const auto& [name, member] : value.items()) {
          members.push_back(space() + spelled(json(name)) + space() + ':' + spelled(member));
        }
        std::shuffle(members.begin(), members.end(), random_);
        return '{' + joined(members) + '}';
      }
      case json::value_t::array: {
        std::vector<std::string> elements;
        for (const json& element : value) {
          elements.push_back(spelled(element));
        }
        return '[' + joined(elements) + ']';
      }
      case json::value_t::string:
        return space() + value.dump(-1, ' ', happens(2)) + space();
      case json::value_t::number_unsigned:
      case json::value_t::number_integer: {
        const bool exact = value >= -1'000'000 && value <= 1'000'000;  // also as a double
        constexpr const char* kEnds[] = {"", ".0", ".000", "e0", "E+0"};
        return space() + value.dump() + (exact ? kEnds[below(5)] : "") + space();
      }
      default:
        return space() + value.dump() + space();
    }
  }

  /// Another record: one value or one name in it differs.
  json changed(json record) {
    json* place = &record;
    while (true) {
      if (place->is_structured() && !place->empty() && (place == &record || happens(2))) {
        auto member = place->begin();
        std::advance(member, static_cast<std::ptrdiff_t>(below(place->size())));
        place = &*member;
      } else if (place->is_string()) {
        *place = place->get<std::string>() + 'x';
        return record;
      } else if (place->is_number()) {
        *place = place->get<double>() == 17 ? 18 : 17;
        return record;
      } else if (place->is_boolean()) {
        *place = !place->get<bool>();
        return record;
      } else if (place->is_array()) {
        place->push_back(nullptr);
        return record;
      } else if (place->is_object()) {
        (*place)["new name"] = "x";
        return record;
      } else {
        *place = 0;
        return record;
      }
    }
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  bool happens(std::size_t one_in) { return below(one_in) == 0; }
  std::string space() { return std::string(below(2), ' '); }
  static std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) {
      all += (all.empty() ? "" : ",") + part;
    }
    return all;
  }
  std::string text() {
    constexpr const char* kPieces[] = {
        "a", "B", "é", "😀", "\n", "\"", "\\", "{", ":", ",", "\u0001", " "};
    std::string all;
    for (std::size_t i = below(5); i > 0; --i) {
      all += kPieces[below(std::size(kPieces))];
    }
    return all;
  }
  json value(std::size_t depth) {
    switch (below(depth == 0 ? 6 : 8)) {
      case 0:
        return nullptr;
      case 1:
        return happens(2);
      case 2:
        return static_cast<std::int64_t>(below(2000)) - 1000;
      case 3:
        return std::uint64_t{random_()} << 32;
      case 4:
        return static_cast<double>(random_()) / 1024;
      case 5:
        return text();
      case 6: {
        json all = json::array();
        for (std::size_t i = below(4); i > 0; --i) {
          all.push_back(value(depth - 1));
        }
        return all;
      }
      default: {
        json all = json::object();
        for (std::size_t i = below(4); i > 0; --i) {
          all[text()] = value(depth - 1);
        }
        return all;
      }
    }
  }

  std::mt19937 random_;
};

TEST(CanonicalContentTest, DependsOnWhatIsSaidAndNotOnHowItIsWritten) {
  constexpr std::uint32_t kRounds = 400;
  for (std::uint32_t seed = 1; seed <= kRounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Records records(seed);
    const json record = records.record();
    const std::string text = textOf(record.dump());
    for (int i = 0; i < 4; ++i) {
      const std::string spelled = records.spelled(record);
      ASSERT_EQ(textOf(spelled), text) << spelled;
      const json other = records.changed(record);
      ASSERT_NE(textOf(other.dump()), text) << other;
    }
    // What it is read from, it says.
    ASSERT_EQ(textOf(text), text);
  }
}

}  // namespace
}  // namespace heymilo_test
