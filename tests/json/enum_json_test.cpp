// No enum of the library is a number in JSON: the open ones and their constants convert both ways
// as their text, those with a toString() become their text, and the others do not convert.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "heymilo/heymilo.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/follow.hpp"
#include "heymilo/workflows/journal.hpp"
#include "heymilo/workflows/mirror_figures.hpp"
#include "heymilo/workflows/outbox.hpp"
#include "heymilo/workflows/verify.hpp"

namespace heymilo {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;
using ::testing::HasSubstr;

const CandidateStatus kArchived("archived");

/// A user-defined struct with a status.
struct Row {
  std::string id;
  CandidateStatus status;
  StepStatus step;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Row, id, status, step)

/// The error for the JSON as a T.
template <class T>
DecodeError refusalOf(const json& value) {
  try {
    (void)value.get<T>();
  } catch (const DecodeError& error) {
    return error;
  }
  ADD_FAILURE() << "it is not refused";
  return DecodeError("", "");
}

TEST(EnumJson, ConstantsAreTheirText) {
  EXPECT_EQ((json{{"status", CandidateStatus::completed}}).dump(), R"({"status":"completed"})");
  EXPECT_EQ((json{{"step", StepStatus::not_started}}).dump(), R"({"step":"not_started"})");
  EXPECT_EQ(
      (ordered_json{{"b", StepStatus::in_progress}, {"a", CandidateStatus::dismissed}}).dump(),
      R"({"b":"in_progress","a":"dismissed"})");
  EXPECT_EQ(json::array({CandidateStatus::pending, StepStatus::knocked_out}).dump(),
            R"(["pending","knocked_out"])");
  json document;
  document["status"] = CandidateStatus::shortlisted;
  document["all"].push_back(StepStatus::completed);
  EXPECT_EQ(document.dump(), R"({"all":["completed"],"status":"shortlisted"})");
  const auto constant = CandidateStatus::evaluating;
  EXPECT_EQ(json(constant), "evaluating");
  for (std::size_t i = 0; i < CandidateStatus::count; ++i) {
    const auto value = static_cast<CandidateStatus::Value>(i + 1);
    EXPECT_EQ(json(value), std::string(CandidateStatus::texts[i]));
  }
  EXPECT_EQ(json(CandidateStatus::other), "");  // as CandidateStatus(CandidateStatus::other)
}

TEST(EnumJson, StatusesAreTheirText) {
  CandidateResponse candidate;
  candidate.status = CandidateStatus::completed;
  EXPECT_EQ((json{{"status", candidate.status}}).dump(), R"({"status":"completed"})");
  EXPECT_EQ((json{{"status", std::move(candidate.status)}}).dump(), R"({"status":"completed"})");
  EXPECT_EQ(ordered_json(kArchived).dump(), R"("archived")");
  json document;
  document["status"] = kArchived;
  document["steps"] = std::vector<StepStatus>{StepStatus::completed, StepStatus("paused")};
  document["of"] = std::map<std::string, CandidateStatus>{{"Ada", CandidateStatus::pending}};
  document["counts"] = std::map<CandidateStatus, int>{{CandidateStatus::pending, 3}};
  EXPECT_EQ(
      document.dump(),
      R"({"counts":[["pending",3]],"of":{"Ada":"pending"},"status":"archived","steps":["completed","paused"]})");
}

TEST(EnumJson, StatusesAreReadFromTheirText) {
  const json document = json::parse(R"({"status":"completed","later":"archived","none":""})");
  EXPECT_EQ(document["status"].get<CandidateStatus>(), CandidateStatus::completed);
  EXPECT_EQ(document["later"].get<CandidateStatus>().text(), "archived");
  EXPECT_EQ(document["none"].get<CandidateStatus>(), CandidateStatus());
  EXPECT_EQ(ordered_json(document)["later"].get<CandidateStatus>(), kArchived);
  EXPECT_EQ(document["status"].get<CandidateStatus::Value>(), CandidateStatus::completed);
  EXPECT_EQ(document["status"].get<StepStatus::Value>(), StepStatus::completed);
  EXPECT_EQ(document["later"].get<CandidateStatus::Value>(), CandidateStatus::other);
  const CandidateStatus implicit = document["later"];
  EXPECT_EQ(implicit, kArchived);
  EXPECT_EQ(CandidateStatus(document["later"]), kArchived);
  EXPECT_EQ(CandidateStatus{document["later"]}, kArchived);
  CandidateStatus assigned;
  assigned = document["later"];
  EXPECT_EQ(assigned, kArchived);
  document["status"].get_to(assigned);
  EXPECT_EQ(assigned, CandidateStatus::completed);
  EXPECT_EQ(document.value("later", CandidateStatus()), kArchived);
  EXPECT_EQ(document.value("missing", kArchived), kArchived);
  EXPECT_EQ(document.value("status", CandidateStatus::pending), CandidateStatus::completed);
  EXPECT_EQ(json::parse(R"(["archived","pending"])").get<std::vector<CandidateStatus>>(),
            (std::vector<CandidateStatus>{kArchived, CandidateStatus::pending}));
}

TEST(EnumJson, AMemberOfAUsersOwnStructGoesThereAndBack) {
  const json document = Row{"int_1", kArchived, StepStatus::in_progress};
  EXPECT_EQ(document.dump(), R"({"id":"int_1","status":"archived","step":"in_progress"})");
  const Row row = document.get<Row>();
  EXPECT_EQ(row.status, kArchived);
  EXPECT_EQ(row.step, StepStatus::in_progress);
}

TEST(EnumJson, WhatIsNoTextIsRefusedAsAModelsWouldBe) {
  for (const char* text : {"4", "-1", "4.5", "true", "null", "[]", R"({"completed":1})"}) {
    const json value = json::parse(text);
    CandidateStatus status = CandidateStatus::pending;
    EXPECT_THROW(value.get_to(status), DecodeError) << text;
    EXPECT_EQ(status, CandidateStatus::pending) << text;
    EXPECT_THROW(value.get<CandidateStatus>(), DecodeError) << text;
    EXPECT_THROW(value.get<StepStatus::Value>(), DecodeError) << text;
    EXPECT_THROW(ordered_json(value).get<StepStatus>(), DecodeError) << text;
    EXPECT_THROW(CandidateStatus{value}, DecodeError) << text;
  }
  const DecodeError error = refusalOf<CandidateStatus>(4);
  EXPECT_STREQ(error.what(), "the value: expected string, found number");
  EXPECT_EQ(error.path(), "");
  EXPECT_EQ(error.outcome(), refusalOf<CandidateResponse>(4).outcome());
}

TEST(EnumJson, ComparesWithJson) {
  const json document = {{"status", "completed"}, {"later", "archived"}, {"number", 4}};
  const CandidateStatus completed = CandidateStatus::completed;
  EXPECT_TRUE(document["status"] == completed);
  EXPECT_TRUE(completed == document["status"]);
  EXPECT_FALSE(document["status"] != completed);
  EXPECT_FALSE(completed != document["status"]);
  EXPECT_TRUE(document["status"] == CandidateStatus::completed);
  EXPECT_TRUE(CandidateStatus::completed == document["status"]);
  EXPECT_TRUE(document["later"] == kArchived);
  EXPECT_TRUE(document["later"] != CandidateStatus::completed);
  EXPECT_TRUE(document["number"] != CandidateStatus::completed);  // which is the fourth
  EXPECT_FALSE(document["number"] == completed);
  EXPECT_TRUE(ordered_json(document)["later"] == kArchived);
}

TEST(EnumJson, OtherEnumsAreTheirTextToo) {
  EXPECT_EQ((json{{"outcome", Outcome::unknown}}).dump(), R"({"outcome":"unknown"})");
  EXPECT_EQ((json{{"kind", EventKind::throttled}}).dump(), R"({"kind":"throttled"})");
  EXPECT_EQ((json{{"priority", Priority::bulk}}).dump(), R"({"priority":"bulk"})");
  EXPECT_EQ((ordered_json{{"state", workflows::RecordState::changed}}).dump(),
            R"({"state":"changed"})");
}

template <class T, class = void>
struct IsRead : std::false_type {};
template <class T>
struct IsRead<T, std::void_t<decltype(std::declval<const json&>().get<T>())>> : std::true_type {};

/// For each enumeration in a public header, by its name there: whether it becomes a number.
std::map<std::string, bool> becomeNumbers() {
  std::map<std::string, bool> all;
  const auto add = [&all](const char* name, auto value) {
    using Enum = decltype(value);
    bool number = false;
    if constexpr (std::is_constructible_v<json, Enum>) {
      number = !json(value).is_string();
    }
    if constexpr (std::is_constructible_v<ordered_json, Enum>) {
      number = number || !ordered_json(value).is_string();
    }
    if constexpr (IsRead<Enum>::value) {
      try {
        (void)json(1).get<Enum>();
        number = true;
      } catch (const DecodeError&) {
      }
    }
    all[name] = all[name] || number;
  };
  add("Value", CandidateStatus::pending);
  add("Value", StepStatus::not_started);
  add("ConnectionFault", ConnectionFault::other);
  add("EventKind", EventKind::request);
  add("Mode", testing::ManualClock::Mode::by_hand);
  add("Outcome", Outcome::not_sent);
  add("Outcome", workflows::MirrorSearch::Outcome::complete);
  add("PersonalData", PersonalData::hidden);
  add("Priority", Priority::bulk);
  add("SlotEnd", SlotEnd::unsent);
  add("RecordState", workflows::RecordState::unsent);
  add("OutboxState", workflows::OutboxState::ingested);
  add("Kind", workflows::OutboxEvent::Kind::waiting);
  add("MirrorClaim", workflows::MirrorClaim::keep);
  add("FiguresPeriod", workflows::FiguresPeriod::week);
  add("FollowTask", workflows::FollowTask::news);
  add("State", workflows::FollowStatus::State::in_step);
  add("KeyState", workflows::KeyState::unsent);
  add("JournalOutcome", workflows::JournalOutcome::good);
  add("KeyVerdict", workflows::KeyVerdict::free);
  add("VerifyKind", workflows::VerifyKind::twice);
  return all;
}

// Finds the enumerations in the headers: none may be missing above.
TEST(EnumJson, NoEnumOfAnyHeaderIsANumber) {
  static const std::regex enumeration(R"(\n\s*enum\s+(?:class\s+|struct\s+)?(\w+))");
  std::set<std::string> found;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(HEYMILO_SOURCE_DIR) / "include")) {
    if (entry.path().extension() != ".hpp") {
      continue;
    }
    std::ifstream stream(entry.path());
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    for (std::sregex_iterator match(text.begin(), text.end(), enumeration), end; match != end;
         ++match) {
      found.insert((*match)[1]);
      // Otherwise the result would depend on the program's other includes.
      EXPECT_THAT(text, HasSubstr("#include \"heymilo/models/enum_json.hpp\"")) << entry.path();
      if (text.find("namespace heymilo {") == std::string::npos) {
        EXPECT_THAT(text, HasSubstr("to_json(")) << entry.path() << ": its own namespace";
      }
    }
  }
  std::set<std::string> checked;
  for (const auto& [name, number] : becomeNumbers()) {
    checked.insert(name);
    EXPECT_FALSE(number) << name;
  }
  EXPECT_EQ(found, checked) << "an enum is not in the list of this test";
}

}  // namespace
}  // namespace heymilo
