// Requests that the mock server refuses with 422, in FastAPI's and pydantic's words, and with 400.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <heymilo/testing/mock_server.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using Json = nlohmann::json;

std::string repeated(const std::string& text, int count) {
  std::string result;
  for (int left = count; left > 0; --left) {
    result += text;
  }
  return result;
}

Json metadataOf(int keys) {
  Json metadata = Json::object();
  for (int key = 0; key < keys; ++key) {
    metadata["key" + std::to_string(key)] = "";
  }
  return metadata;
}

Json violation(const char* type, const Json& loc, const char* msg, const Json& input,
               const Json& context = nullptr) {
  Json entry{{"type", type}, {"loc", loc}, {"msg", msg}, {"input", input}};
  if (!context.is_null()) {
    entry["ctx"] = context;
  }
  return entry;
}

class MockServerValidation : public ::testing::Test {
 protected:
  MockServerValidation() { server.addPosting("p1"); }

  // The contents of `detail`; the response must be 422, and nothing may have been stored.
  Json detail(const RawAnswer& answer) {
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(answer.json().size(), 1u);
    EXPECT_EQ(server.candidateCount("p1"), 0u);
    return answer.json()["detail"];
  }
  Json detailOf(const Json& body) { return detail(client.postJson(kPath, body)); }
  Json detailOfBulk(const Json& body) { return detail(client.postJson(kPath + "/bulk", body)); }
  Json detailOfQuery(const std::string& query) { return detail(client.get(kPath + '?' + query)); }

  Json person() const { return {{"name", "Ada"}, {"email", "ada@example.com"}}; }
  Json personWith(const char* property, const Json& value) const {
    Json changed = person();
    changed[property] = value;
    return changed;
  }

  MockServer server;
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerValidation, ListsEveryMissingProperty) {
  const Json body{{"phone", 1}};
  EXPECT_EQ(detailOf(body),
            Json::array({violation("missing", {"body", "name"}, "Field required", body),
                         violation("missing", {"body", "email"}, "Field required", body)}));
}

TEST_F(MockServerValidation, ListsEveryWrongType) {
  const char* const text = "Input should be a valid string";
  const char* const object = "Input should be a valid dictionary";
  const Json body{{"name", 1},
                  {"email", nullptr},
                  {"phone_number", 15550100},
                  {"metadata", Json::array()},
                  {"data", "x"}};
  EXPECT_EQ(detailOf(body),
            Json::array({violation("string_type", {"body", "name"}, text, 1),
                         violation("string_type", {"body", "email"}, text, nullptr),
                         violation("string_type", {"body", "phone_number"}, text, 15550100),
                         violation("dict_type", {"body", "metadata"}, object, Json::array()),
                         violation("dict_type", {"body", "data"}, object, "x")}));
}

TEST_F(MockServerValidation, WantsAnObject) {
  const char* const message = "Input should be a valid dictionary or object to extract fields from";
  for (const Json& body : {Json(nullptr), Json("x"), Json(1.5), Json::array({person()})}) {
    EXPECT_EQ(detailOf(body),
              Json::array({violation("model_attributes_type", {"body"}, message, body)}));
    EXPECT_EQ(detailOfBulk(body),
              Json::array({violation("model_attributes_type", {"body"}, message, body)}));
  }
}

TEST_F(MockServerValidation, WantsABody) {
  const Json missing = Json::array({violation("missing", {"body"}, "Field required", nullptr)});
  EXPECT_EQ(detail(client.post(kPath, "")), missing);
  EXPECT_EQ(detail(client.post(kPath + "/bulk/async", "")), missing);
}

TEST_F(MockServerValidation, SaysWhereTheBodyIsNoJson) {
  const auto invalid = [](int position) {
    return Json::array({violation("json_invalid",
                                  {"body", position},
                                  "JSON decode error",
                                  Json::object(),
                                  {{"error", "Expecting value"}})});
  };
  EXPECT_EQ(detail(client.post(kPath, "{\"name\":}")), invalid(8));
  EXPECT_EQ(detail(client.post(kPath, "{\"name\":1")), invalid(9));
  EXPECT_EQ(detail(client.post(kPath, "{} x")), invalid(3));
  EXPECT_EQ(detail(client.post(kPath, std::string("{}\0", 3))), invalid(2));
  EXPECT_EQ(detail(client.post(kPath, "{\"name\": NaN}")), invalid(9));
}

TEST_F(MockServerValidation, GivesUpOnTextThatItCantRead) {
  const Json body{{"detail", "There was an error parsing the body"}};
  for (const std::string& text : {std::string("{\"name\": \"\xff\"}"),
                                  std::string("{\"name\": \"\xed\xa0\x80\"}"),
                                  repeated("[", 1000) + repeated("]", 1000)}) {
    const RawAnswer answer = client.post(kPath, text);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.json(), body);
  }
  const std::string deep = R"({"name":"[[","email":"a@example.com","data":{"x":)" +
                           repeated("[", 997) + repeated("]", 997) + "}}";
  EXPECT_EQ(client.post(kPath, deep).status, 201);
}

struct BadAddress {
  const char* address;
  const char* reason;
};

TEST_F(MockServerValidation, WantsAnEmailAddress) {
  const std::string long_local = std::string(65, 'a') + "@example.com";
  const std::string long_domain = "a@" + repeated("abcdefghi.", 26) + "com";
  const char* const period =
      "An email address cannot have a period next to the @-sign, at an end or twice in a row.";
  const char* const local = "The email address contains invalid characters before the @-sign.";
  const char* const domain = "The part after the @-sign contains invalid characters.";
  for (const BadAddress& bad : {
           BadAddress{"", "An email address must have an @-sign."},
           BadAddress{"ada.example.com", "An email address must have an @-sign."},
           BadAddress{"@example.com", "There must be something before the @-sign."},
           BadAddress{"ada@", "There must be something after the @-sign."},
           BadAddress{"ada lovelace@example.com", local},
           BadAddress{"<ada@example.com", local},
           BadAddress{"ada\n@example.com", local},
           BadAddress{"ada@@example.com", domain},
           BadAddress{"ada@exam ple.com", domain},
           BadAddress{"ada@example_x.com", domain},
           BadAddress{".ada@example.com", period},
           BadAddress{"ada.@example.com", period},
           BadAddress{"a..da@example.com", period},
           BadAddress{"ada@example..com", period},
           BadAddress{"ada@example.com.", period},
           BadAddress{"ada@localhost",
                      "The part after the @-sign is not valid. It should have a period."},
           BadAddress{"ada@-example.com",
                      "An email address cannot have a hyphen at the end of a part of its domain."},
           BadAddress{"ada@example-.com",
                      "An email address cannot have a hyphen at the end of a part of its domain."},
           BadAddress{long_local.c_str(), "The email address is too long."},
           BadAddress{long_domain.c_str(), "The email address is too long."},
       }) {
    const std::string message = std::string("value is not a valid email address: ") + bad.reason;
    EXPECT_EQ(detailOf(personWith("email", bad.address)),
              Json::array({violation("value_error",
                                     {"body", "email"},
                                     message.c_str(),
                                     bad.address,
                                     {{"reason", bad.reason}})}));
  }
}

TEST_F(MockServerValidation, TakesUnusualEmailAddresses) {
  for (const char* address : {"a@b.co",
                              "ada+tag@sub.example.com",
                              "O'Neil_x-1@example.com",
                              "Ünal.Ørsted@bücher.example",
                              "чебурашка@ящик.example"}) {
    EXPECT_EQ(client.postJson(kPath, personWith("email", address)).status, 201) << address;
  }
}

TEST_F(MockServerValidation, WantsAnE164PhoneNumber) {
  for (const char* number : {"",
                             "+",
                             "+1",
                             "15550100",
                             "+05550100",
                             "+1 555 0100",
                             "+1555010012345678",
                             "+1-555-0100",
                             "+1555010x",
                             "+١٢٣٤"}) {
    EXPECT_EQ(detailOf(personWith("phone_number", number)),
              Json::array({violation("value_error",
                                     {"body", "phone_number"},
                                     "Value error, not a phone number in E.164 format",
                                     number,
                                     {{"error", Json::object()}})}));
  }
  for (const Json& number : {Json("+15550100"), Json("+491234567890123"), Json(nullptr)}) {
    EXPECT_EQ(client.postJson(kPath, personWith("phone_number", number)).status, 201) << number;
  }
}

TEST_F(MockServerValidation, LimitsMetadata) {
  const std::string key41 = repeated("é", 41);
  const std::string value501 = repeated("😀", 501);
  const Json metadata{{"a", 1}, {key41, "x"}, {"z", value501}};
  EXPECT_EQ(
      detailOf(personWith("metadata", metadata)),
      Json(
          {violation("string_type", {"body", "metadata", "a"}, "Input should be a valid string", 1),
           violation("string_too_long",
                     {"body", "metadata", "z"},
                     "String should have at most 500 characters",
                     value501,
                     {{"max_length", 500}}),
           violation("string_too_long",
                     {"body", "metadata", key41, "[key]"},
                     "String should have at most 40 characters",
                     key41,
                     {{"max_length", 40}})}));
  EXPECT_EQ(detailOf(personWith("metadata", metadataOf(51))),
            Json::array({violation(
                "too_long",
                {"body", "metadata"},
                "Dictionary should have at most 50 items after validation, not 51",
                metadataOf(51),
                {{"field_type", "Dictionary"}, {"max_length", 50}, {"actual_length", 51}})}));
}

TEST_F(MockServerValidation, TakesMetadataUpToItsLimits) {
  Json metadata = metadataOf(49);
  metadata[repeated("é", 40)] = repeated("😀", 500);
  EXPECT_EQ(client.postJson(kPath, personWith("metadata", metadata)).status, 201);
  for (const char* property : {"metadata", "data"}) {
    EXPECT_EQ(client.postJson(kPath, personWith(property, nullptr)).status, 201);
    EXPECT_EQ(client.postJson(kPath, personWith(property, Json::object())).status, 201);
  }
}

TEST_F(MockServerValidation, PassesOverPropertiesThatItDoesNotKnow) {
  EXPECT_EQ(client.postJson(kPath, personWith("unheard_of", Json::array({1}))).status, 201);
  EXPECT_EQ(client.get(kPath + "?unheard_of=1").status, 200);
}

TEST_F(MockServerValidation, ListsEveryViolationOfABulkRequest) {
  Json data = Json::array();
  for (int index = 0; index < 20; ++index) {
    data.push_back(person());
  }
  data[3] = 7;
  data[17]["email"] = 1;
  data[17].erase("name");
  data[19]["metadata"] = {{"k", nullptr}};
  EXPECT_EQ(
      detailOfBulk({{"data", data}}),
      Json::array(
          {violation("model_attributes_type",
                     {"body", "data", 3},
                     "Input should be a valid dictionary or object to extract fields from",
                     7),
           violation("missing", {"body", "data", 17, "name"}, "Field required", data[17]),
           violation(
               "string_type", {"body", "data", 17, "email"}, "Input should be a valid string", 1),
           violation("string_type",
                     {"body", "data", 19, "metadata", "k"},
                     "Input should be a valid string",
                     nullptr)}));
}

TEST_F(MockServerValidation, WantsAListOfOneOrMore) {
  EXPECT_EQ(
      detailOfBulk(Json::object()),
      Json::array({violation("missing", {"body", "data"}, "Field required", Json::object())}));
  EXPECT_EQ(detailOfBulk({{"data", {{"name", "A"}}}}),
            Json::array({violation(
                "list_type", {"body", "data"}, "Input should be a valid list", {{"name", "A"}})}));
  EXPECT_EQ(
      detailOfBulk({{"data", Json::array()}}),
      Json::array({violation("too_short",
                             {"body", "data"},
                             "List should have at least 1 item after validation, not 0",
                             Json::array(),
                             {{"field_type", "List"}, {"min_length", 1}, {"actual_length", 0}})}));
}

TEST_F(MockServerValidation, ChecksQueuedPeopleAtOnce) {
  EXPECT_EQ(detail(client.postJson(kPath + "/async", Json::object())).size(), 2u);
  EXPECT_EQ(detail(client.postJson(kPath + "/bulk/async", {{"data", {person(), 1}}})).size(), 1u);
  server.advance(std::chrono::hours{1});
  EXPECT_EQ(server.candidateCount("p1"), 0u);
}

TEST_F(MockServerValidation, WantsALimitOf1To100) {
  for (const char* limit : {"", "ten", "1.5", "1e1", "0x10", "%201", "+1", "-", "--1", "1,0"}) {
    const Json found = detailOfQuery(std::string("limit=") + limit);
    ASSERT_EQ(found.size(), 1u) << limit;
    EXPECT_EQ(found[0]["type"], "int_parsing");
    EXPECT_EQ(found[0]["loc"], Json({"query", "limit"}));
    EXPECT_EQ(found[0]["msg"],
              "Input should be a valid integer, unable to parse string as an integer");
  }
  for (const char* limit : {"0", "-1", "-99999999999999999999", "000"}) {
    EXPECT_EQ(detailOfQuery(std::string("limit=") + limit),
              Json::array({violation("greater_than_equal",
                                     {"query", "limit"},
                                     "Input should be greater than or equal to 1",
                                     limit,
                                     {{"ge", 1}})}));
  }
  for (const char* limit : {"101", "99999999999999999999", "00101"}) {
    EXPECT_EQ(detailOfQuery(std::string("limit=") + limit),
              Json::array({violation("less_than_equal",
                                     {"query", "limit"},
                                     "Input should be less than or equal to 100",
                                     limit,
                                     {{"le", 100}})}));
  }
  EXPECT_EQ(client.get(kPath + "?limit=1").status, 200);
  EXPECT_EQ(client.get(kPath + "?limit=100").status, 200);
  EXPECT_EQ(client.get(kPath + "?limit=0&limit=007").status, 200);
}

struct BadTime {
  const char* text;
  const char* reason;
};

TEST_F(MockServerValidation, WantsIso8601) {
  for (const BadTime& bad : {
           BadTime{"", "input is too short"},
           BadTime{"now", "input is too short"},
           BadTime{"today", "invalid character in year"},
           BadTime{"1773360000", "invalid date separator, expected `-`"},
           BadTime{"2026-13-01", "month value is outside expected range of 1-12"},
           BadTime{"2026-02-29", "day value is outside expected range"},
           BadTime{"2026-3-13", "month value is outside expected range of 1-12"},
           BadTime{"2026-03-13x", "invalid datetime separator, expected `T`, `t`, `_` or space"},
           BadTime{"2026-03-13T", "input is too short"},
           BadTime{"2026-03-13T24:00", "hour value is outside expected range of 0-23"},
           BadTime{"2026-03-13T00:60", "minute value is outside expected range of 0-59"},
           BadTime{"2026-03-13T00:00:60", "second value is outside expected range of 0-59"},
           BadTime{"2026-03-13T00:00:00.Z", "second fraction value is missing"},
           BadTime{"2026-03-13T00:00:00 00:00", "invalid timezone sign"},
           BadTime{"2026-03-13T00:00:00-24:00", "timezone offset must be less than 24 hours"},
           BadTime{"2026-03-13T00:00:00Zx", "unexpected extra characters at the end of the input"},
       }) {
    std::string encoded;
    for (const char c : std::string(bad.text)) {
      encoded += c == ' ' ? '+' : c;  // which is how a plus that was not encoded is read
    }
    const std::string message =
        std::string("Input should be a valid datetime or date, ") + bad.reason;
    for (const char* name : {"created_after", "created_before"}) {
      EXPECT_EQ(detailOfQuery(std::string(name) + '=' + encoded),
                Json::array({violation("datetime_from_date_parsing",
                                       {"query", name},
                                       message.c_str(),
                                       bad.text,
                                       {{"error", bad.reason}})}));
    }
  }
}

TEST_F(MockServerValidation, TakesIso8601InItsForms) {
  for (const char* time : {"2026-03-13T00:00:00Z",
                           "2026-03-13T00:00:00%2B00:00",
                           "2026-03-13T00:00:00-0530",
                           "2026-03-13T00:00:00.123456789z",
                           "2026-03-13t00:00:00",
                           "2026-03-13%2000:00",
                           "2026-03-13_00:00",
                           "2026-03-13",
                           "2024-02-29",
                           "0001-01-01",
                           "9999-12-31T23:59:59.999999Z"}) {
    EXPECT_EQ(client.get(kPath + "?created_after=" + time).status, 200) << time;
  }
}

TEST_F(MockServerValidation, ListsEveryViolationOfAQuery) {
  const Json found = detailOfQuery("created_before=x&limit=x&created_after=x");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0]["loc"][1], "limit");
  EXPECT_EQ(found[1]["loc"][1], "created_after");
  EXPECT_EQ(found[2]["loc"][1], "created_before");
}

TEST_F(MockServerValidation, RefusesBoundsInTheWrongOrder) {
  const RawAnswer answer = client.get(
      kPath + "?created_after=2026-03-13T00:00:00Z&created_before=2026-03-13T00:59:59%2B01:00");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json(),
            Json({{"error",
                   {{"type", "invalid_request_error"},
                    {"code", "invalid_date_range"},
                    {"message", "created_before must not be earlier than created_after."},
                    {"param", "created_before"},
                    {"doc_url", "https://docs.heymilo.example/errors#invalid_date_range"},
                    {"errors", Json::array()}}}}));
  EXPECT_EQ(client
                .get(kPath + "?created_after=2026-03-13T00:00:00Z"
                             "&created_before=2026-03-13T01:00:00%2B01:00")
                .status,
            200);
}

TEST_F(MockServerValidation, RefusesACursorThatItDoesNotKnow) {
  server.addPosting("p2");
  const std::string elsewhere = server.addCandidate("p2");
  for (const std::string& cursor : {std::string(), std::string("int_x"), elsewhere}) {
    const RawAnswer answer = client.get(kPath + "?starting_after=" + cursor);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.json()["error"]["code"], "invalid_cursor");
    EXPECT_EQ(answer.json()["error"]["type"], "invalid_request_error");
    EXPECT_EQ(answer.json()["error"]["param"], "starting_after");
  }
}

}  // namespace
}  // namespace heymilo::testing
