// Bodies that are broken or malicious as JSON, to a client on real sockets.

#include <string>
#include <vector>

#include "hostile_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::Ending;
using heymilo_test::endingOfRead;
using heymilo_test::endingOfWrite;
using heymilo_test::forReadAndWrite;
using heymilo_test::httpAnswer;
using heymilo_test::optionsFor;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::repeated;

const std::string kRequired =
    R"("interview_id":"i","posting_id":"p","name":"Ada","email":"ada@example.com","status":"new")";

std::string pageOf(const std::string& candidate) {
  return R"({"object":"list","data":[)" + candidate + R"(],"pagination":{"has_more":false}})";
}

std::string receiptOf(const std::string& candidate) {
  return R"({"data":{"interview_id":"i","interview_url":"u","posting_id":"p","candidate":)" +
         candidate + "}}";
}

/// The result of the calls if the response contains a candidate with these additional properties.
/// `path` is the position within the candidate; empty if it must be accepted.
struct JsonRow {
  const char* name;
  std::string properties;
  const char* path;
};

constexpr const char* kAccepted = nullptr;

void expectEachBody(const std::vector<JsonRow>& rows) {
  for (const JsonRow& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string candidate = "{" + kRequired + "," + row.properties + "}";
    for (const bool write : {false, true}) {
      const std::string body = write ? receiptOf(candidate) : pageOf(candidate);
      RawServer server(heymilo_test::answering(httpAnswer("200 OK", body)));
      const Client client(optionsFor(server));
      const Ending ending = write ? endingOfWrite(client) : endingOfRead(client);
      EXPECT_EQ(server.requests().size(), 1u);
      heymilo_test::expectFitForALog(ending.what);
      if (row.path == kAccepted) {
        EXPECT_EQ(ending.type, "none") << ending.what;
        continue;
      }
      EXPECT_EQ(ending.type, "DecodeError");
      EXPECT_EQ(ending.outcome, Outcome::applied);
      EXPECT_EQ(ending.path, (write ? "/data/candidate" : "/data/0") + std::string(row.path))
          << ending.what;
    }
  }
}

TEST(HostileJson, NumbersThatAreTooLarge) {
  const std::string digits(300, '9');
  expectEachBody({
      {"number", R"("score":1e999999)", "/score"},
      {"negative number", R"("score":-1e999999)", "/score"},
      {"tiny number", R"("score":1e-999999)", kAccepted},
      {"number of 300 digits", R"("score":)" + digits, kAccepted},
      {"number of 400 digits", R"("score":)" + digits + digits, "/score"},
      {"integer",
       R"("agent_summary":{"sms":{"messages_sent":1e999999}})",
       "/agent_summary/sms/messages_sent"},
      {"negative integer",
       R"("agent_summary":{"sms":{"messages_sent":-1e999999}})",
       "/agent_summary/sms/messages_sent"},
      {"integer of 300 digits",
       R"("agent_summary":{"sms":{"messages_sent":)" + digits + "}}",
       "/agent_summary/sms/messages_sent"},
      {"timestamp", R"("created_at":1e999999)", "/created_at"},
      {"timestamp of 300 digits", R"("created_at":)" + digits, "/created_at"},
      {"in free form", R"("data":{"a":{"b":1e999999}})", "/data/a/b"},
      {"in an array in free form", R"("data":{"a":[1,2,-1e999999]})", "/data/a/2"},
      {"300 digits in free form", R"("data":{"a":)" + digits + "}", kAccepted},
      {"tiny in free form", R"("data":{"a":1e-999999})", kAccepted},
      {"where texts are",
       R"("agent_summary":{"web_interview":{"highlights":["a",1e999999]}})",
       "/agent_summary/web_interview/highlights/1"},
      {"in an unknown property", R"("new_one":[1e999999])", "/new_one/0"},
  });
}

TEST(HostileJson, NestedAHundredThousandLevelsDeep) {
  const std::string arrays = repeated(100'000, "[") + repeated(100'000, "]");
  const std::string objects = repeated(100'000, R"({"a":)") + "1" + repeated(100'000, "}");
  forReadAndWrite(httpAnswer("200 OK", arrays), [](const Ending& ending, bool) {
    EXPECT_EQ(ending.type, "DecodeError");
    EXPECT_EQ(ending.path, "");
  });
  expectEachBody({
      {"arrays in a known property", R"("workflow":)" + arrays, "/workflow"},
      {"arrays where text is", R"("name":)" + arrays, "/name"},
  });
  for (const std::string& property : {R"("data":)" + objects,
                                      R"("new_one":)" + objects,
                                      R"("new_one":)" + arrays,
                                      R"("data":{"a":)" + arrays + "}"}) {
    const std::string page = pageOf("{" + kRequired + "," + property + "}");
    forReadAndWrite(httpAnswer("200 OK", page), [](const Ending& ending, bool write) {
      EXPECT_EQ(ending.type, "DecodeError");
      EXPECT_EQ(ending.outcome, Outcome::applied);
      if (!write) {
        EXPECT_EQ(ending.path.rfind("/data/0/", 0), 0u) << ending.path;
        EXPECT_THAT(ending.what, ::testing::HasSubstr("nested deeper than 256 levels"));
      }
    });
  }
}

TEST(HostileJson, PropertiesThatAreThereTwice) {
  expectEachBody({
      {"known", R"("score":1,"score":2)", "/score"},
      {"required", R"("name":"Bob")", "/name"},
      {"unknown", R"("new_one":1,"new_one":1)", "/new_one"},
      {"in metadata", R"("metadata":{"k":"a","k":"b"})", "/metadata/k"},
      {"in free form", R"("data":{"a":{"b":1,"b":2}})", "/data/a/b"},
  });
}

TEST(HostileJson, TextThatIsNotUtf8) {
  expectEachBody({
      {"invalid byte", "\"candidate_id\":\"a\xff\"", "/candidate_id"},
      {"overlong", "\"candidate_id\":\"\xc0\xaf\"", "/candidate_id"},
      {"lone surrogate, encoded", "\"candidate_id\":\"\xed\xa0\x80\"", "/candidate_id"},
      {"lone high surrogate", R"("candidate_id":"\ud800")", "/candidate_id"},
      {"lone low surrogate", R"("candidate_id":"\udc00")", "/candidate_id"},
      {"wrong pair", R"("candidate_id":"\ud800\ud800")", "/candidate_id"},
      {"right pair", R"("candidate_id":"\ud83d\ude00")", kAccepted},
      {"in free form", "\"data\":{\"a\":[\"\xff\"]}", "/data/a/0"},
      {"as free form's first name", "\"data\":{\"\xff\":1}", "/data"},
      {"in metadata", R"("metadata":{"k":"\ud800"})", "/metadata/k"},
      {"as metadata's first name", R"("metadata":{"\ud800":"v"})", "/metadata"},
      {"NUL as an escape", R"("candidate_id":"a\u0000b")", kAccepted},
  });
}

TEST(HostileJson, BodiesThatAreNoPage) {
  const std::string good = R"({"data":[],"pagination":{"has_more":false}})";
  const struct {
    const char* name;
    std::string body;
    const char* path;
    bool both = true;  // or the receipt's path is another
  } rows[] = {
      {"null", "null", ""},
      {"array", "[]", ""},
      {"text", "\"x\"", ""},
      {"number", "1", ""},
      {"empty object", "{}", "/data"},
      {"empty", "", ""},
      {"white space", " \r\n\t ", ""},
      {"byte order mark alone", "\xef\xbb\xbf", ""},
      {"half a byte order mark", "\xef\xbb" + good, ""},
      {"two byte order marks", "\xef\xbb\xbf\xef\xbb\xbf" + good, ""},
      {"UTF-16", std::string("\xff\xfe{\0}\0", 6), ""},
      {"comment", "/* hello */" + good, ""},
      {"NUL after it", good + '\0', "", false},
      {"NUL within a text", std::string("{\"data\":[\"a\0b\"]}", 16), ""},
      {"NUL before it", '\0' + good, ""},
      {"two documents", good + good, "", false},
      {"garbage after it", good + "x", "", false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    forReadAndWrite(httpAnswer("200 OK", row.body), [&](const Ending& ending, bool write) {
      EXPECT_EQ(ending.type, "DecodeError");
      EXPECT_EQ(ending.outcome, Outcome::applied);
      if (row.both || !write) {
        EXPECT_EQ(ending.path, row.path) << ending.what;
      }
    });
  }
}

TEST(HostileJson, AByteOrderMarkIsSkipped) {
  const std::string marked = "\xef\xbb\xbf" + pageOf("{" + kRequired + "}");
  RawServer server(heymilo_test::answering(httpAnswer("200 OK", marked)));
  EXPECT_EQ(Client(optionsFor(server)).listCandidates("posting").data.at(0).name, "Ada");
}

TEST(HostileJson, APageCutAtAnyByteNamesAPlaceOfThePage) {
  const std::string page = pageOf(
      "{" + kRequired +
      R"(,"score":87.5,"workflow":{"steps":[{"step_id":"s","order":1,"status":"done","started":true,)"
      R"("completed":true}],"all_complete":true},"agent_summary":{"web_interview":{"highlights":)"
      R"(["a","b"]}},"metadata":{"k":"v"},"data":{"x":[1,{"y":null}]},"created_at":1700000000,)"
      R"("new_one":{"z":[true]}})");
  const nlohmann::json whole = nlohmann::json::parse(page);
  std::size_t sent = 0;
  RawServer server([&](RawConnection& connection) {
    while (connection.readRequest() &&
           connection.send(httpAnswer("200 OK", page.substr(0, sent)))) {
    }
  });
  const Client client(optionsFor(server));
  for (; sent < page.size(); ++sent) {
    const Ending ending = endingOfRead(client);
    ASSERT_EQ(ending.type, "DecodeError") << sent;
    // Between two elements, the position is that of the next element.
    nlohmann::json::json_pointer place(ending.path);
    ASSERT_TRUE(place.empty() || whole.contains(place.parent_pointer())) << ending.path;
    ASSERT_THAT(ending.what, ::testing::Not(::testing::HasSubstr("ada@")));
    ASSERT_EQ(endingOfWrite(client).type, "DecodeError") << sent;
  }
  EXPECT_EQ(endingOfRead(client).type, "none");
  EXPECT_EQ(server.requests().size(), 2 * page.size() + 1);
}

TEST(HostileJson, AWrongTypeIsNamedByItsPlace) {
  expectEachBody({
      {"known", R"("score":"high")", "/score"},
      {"deep down",
       R"("workflow":{"steps":[{"step_id":"s","order":1,"status":"a","started":true,"completed":1}],)"
       R"("all_complete":true})",
       "/workflow/steps/0/completed"},
      {"missing", R"("workflow":{"steps":[]})", "/workflow/all_complete"},
      {"in metadata", R"("metadata":{"a/b":1})", "/metadata/a~1b"},
  });
}

}  // namespace
}  // namespace heymilo
