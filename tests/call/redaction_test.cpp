#include "call/redaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/client.hpp"
#include "support/counted_allocations.hpp"

namespace heymilo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CallRequest request() {
  CallRequest made;
  made.http.method = "POST";
  made.appendId("post ing/1");
  made.addIdQuery("starting_after", "int_77");
  made.http.headers = {{"X-API-KEY", "secret-key"},
                       {"Authorization", "Bearer tok-123"},
                       {"X-Workspace-Id", "ws-9"},
                       {"Accept", "application/json"}};
  made.http.body = R"({"name":"Zoë Doe","email":"zoe@example.com","phone_number":"+15550100",
      "metadata":{"badge":"B-17"},"data":{"nested":[{"salary":91234}]}})";
  return made;
}

TEST(Redaction, TakesOutWhateverTheRequestCarried) {
  const CallRequest made = request();
  const Redactor redact(made);
  for (const char* secret : {"secret-key",
                             "tok-123",
                             "Bearer tok-123",
                             "ws-9",
                             "post ing/1",
                             "post%20ing%2F1",
                             "int_77",
                             "Zoë Doe",
                             "zoe@example.com",
                             "ZOE@EXAMPLE.COM",
                             "+15550100",
                             "badge",
                             "B-17",
                             "salary",
                             "91234"}) {
    const std::string text = redact(std::string("about '") + secret + "' twice: " + secret + ".");
    EXPECT_THAT(text, Not(HasSubstr(secret)));
    EXPECT_EQ(text, "about '[redacted]' twice: [redacted].");
  }
}

TEST(Redaction, TakesOutAddressesThatTheRequestDidNotCarry) {
  const CallRequest made = request();
  const Redactor redact(made);
  EXPECT_EQ(redact("duplicate of \"other.person+x@example.org\", b@c"),
            "duplicate of \"[redacted]\", [redacted]");
  EXPECT_EQ(redact("must have an @-sign, an @ and a name@"),
            "must have an @-sign, an @ and a name@");
}

TEST(Redaction, FindsWhatIsBrokenIntoLinesElsewhere) {
  CallRequest made = request();
  made.http.body = R"({"name":"Zoë Doe","data":{"note":"first line\r\nsecond line"}})";
  const Redactor redact(made);
  EXPECT_EQ(redact("Zoë\n Doe!"), "[redacted]!");
  EXPECT_EQ(redact("first line second line!"), "[redacted]!");
}

TEST(Redaction, FindsWhatIsLong) {
  CallRequest made = request();
  std::string essay;
  for (int i = 0; i < 3000; ++i) {
    essay += "word" + std::to_string(i) + ' ';
  }
  made.http.body = R"({"name":"Zoë Doe","data":{"essay":")" + essay + R"("}})";
  const Redactor redact(made);
  EXPECT_EQ(redact("not this: '" + essay + "'!"), "not this: '[redacted]...");
  const std::string far = redact(std::string(4000, 'x') + std::string(9000, ' ') + "Zoë Doe");
  EXPECT_THAT(far, Not(HasSubstr("Zo")));
  EXPECT_EQ(redact(std::string(9000, ' ') + "Zoë Doe!"), "[redacted]!");
}

TEST(Redaction, LeavesWhatIsTheApisOwn) {
  const CallRequest made = request();
  const Redactor redact(made);
  for (const char* text : {"body.email: value is not a valid email address",
                           "No such posting: see /api/v2/postings",
                           "limit: must be within 1 to 1000",
                           "name, phone_number and metadata are fine; send application/json"}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST(Redaction, MakesOneLineOfBoundedLength) {
  const CallRequest made = request();
  const Redactor redact(made);
  EXPECT_EQ(redact("a\r\nX-Injected: b\tc\x7f"), "a X-Injected: b c ");
  EXPECT_EQ(redact("a\u2028b\u0085c\u009b2Jd\xff"
                   "e\xc3"),
            "a b c 2Jd?e?");
  std::string wide;
  for (int i = 0; i < 200; ++i) {
    wide += "é";
  }
  const std::string cut = redact("x" + wide);
  EXPECT_EQ(cut.size(), 299u + 3u);  // not in the middle of a character
  EXPECT_EQ(cut.substr(299), "...");
}

/// What is told of `text` where the request has that body.
std::string told(const std::string& body, const std::string& text) {
  CallRequest made = request();
  made.http.body = body;
  return Redactor(made)(text);
}

TEST(Redaction, TakesNothingOutOfWords) {
  CallRequest made = request();
  made.http.headers.add("X-Trace", "build 1302");
  made.http.headers.add("X-Lab", "302");
  made.http.body =
      R"({"name":"Ann Art","email":"a@b.example","metadata":{"kind":"form","team":"ing"},
      "data":{"n":302,"word":"lab"}})";
  const Redactor redact(made);
  for (const char* text : {"lab_302: the information is not in the annual format",
                           "starting_after and metadata.limit are heartily reformed",
                           "the form is invalid: this field is required",
                           "data.302.email, body.data[302].name and 302.x",
                           "code 1302x of v3020"}) {
    EXPECT_EQ(redact(text), text);
  }
  EXPECT_EQ(redact("at 302, in (lab) or ing-lab: 1302"),
            "at [redacted], in ([redacted]) or [redacted]-[redacted]: [redacted]");
}

TEST(Redaction, LeavesCodesAndDocumentedNames) {
  CallRequest made = request();
  made.http.headers.add("X-Lab", "302");
  made.http.body =
      R"({"name":"Data Field","email":"name@b.example","metadata":{"reason":"duplicate_email",
      "badge":"status","created_at":"limit"},"data":{"interview_id":"starting_after"}})";
  const Redactor redact(made);
  for (const char* code :
       {"lab_302", "302", "duplicate_email", "invalid-data", "http_422", "field"}) {
    EXPECT_EQ(redact.identifier(code), code);
  }
  for (const char* text : {"duplicate: email, created_at and status are documented",
                           "no data in this field: interview_id, starting_after, limit"}) {
    EXPECT_EQ(redact(text), text);
  }
  EXPECT_EQ(redact("Data Field, of Field"), "[redacted], of [redacted]");
}

TEST(Redaction, TakesOutEachWordOfAName) {
  const std::string body = R"({"name":"Ada-Marie O'Brien Will Li","email":"q@b.example"})";
  for (const char* word : {"Ada",
                           "ada",
                           "MARIE",
                           "Ada-Marie",
                           "O'Brien",
                           "o'brien",
                           "Will",
                           "Li",
                           "O&#39;Brien",
                           "O%27Brien",
                           "Ada-Marie%20O%27Brien%20Will%20Li"}) {
    EXPECT_EQ(told(body, std::string("to ") + word + "'s place"), "to [redacted]'s place") << word;
  }
  EXPECT_EQ(told(body, "it will live"), "it will live");
}

TEST(Redaction, KnowsLettersThatAreNotAscii) {
  const std::string body =
      R"({"name":"Zoë Ærø","email":"q@b.example","data":{"a":"Жанна","b":"ΩΜΕΓΑ","c":"李明","d":"ЁЛКА"}})";
  for (const char* word : {"ZOË",
                           "zoë",
                           "ÆRØ",
                           "жанна",
                           "ЖАННА",
                           "ωμεγα",
                           "ёлка",
                           "Zo%C3%AB",
                           "zo%c3%ab",
                           "Zo\\u00EB",
                           "\\u674e\\u660e"}) {
    EXPECT_EQ(told(body, std::string("“") + word + "” is known"), "“[redacted]” is known") << word;
  }
  EXPECT_EQ(told(body, "姓名李明无效"), "姓名[redacted]无效");
  EXPECT_EQ(told(body, "Zoëlla"), "Zoëlla");
}

TEST(Redaction, FindsAddressesAndNumbersInOtherForms) {
  const std::string body =
      R"({"name":"A B","email":"zoe.doe@example.com","phone_number":"+1 (415) 555-0100",
          "data":{"salary":91234.5,"years":-17.25}})";
  for (const char* text : {"zoe.doe%40example.com",
                           "other%40example.org",
                           "+14155550100",
                           "415-555-0100",
                           "0014155550100",
                           "4155550100",
                           "zoe.doe",
                           "91234.5"}) {
    EXPECT_THAT(told(body, std::string("of ") + text + ", then"),
                ::testing::AnyOf("of [redacted], then", "of +[redacted], then"))
        << text;
  }
  EXPECT_EQ(told(body, "call 5550199 or 91234 or 17"), "call 5550199 or 91234 or 17");
}

TEST(Redaction, TakesCredentialsOutWhereverTheyAre) {
  CallRequest made = request();
  made.http.headers = {{"X-API-KEY", "sk_live_4711"},
                       {"Authorization", "Basic bWU6aHVudGVyMi1wdw=="},
                       {"Cookie", "sid=abc123def; theme=dark"},
                       {"X-Session-Token", "supersecret"},
                       {"X-Gateway-Secret", "form"}};
  const Redactor redact(made);
  for (const char* secret : {"sk_live_4711",
                             "SK_LIVE_4711",
                             "bWU6aHVudGVyMi1wdw",
                             "hunter2-pw",
                             "abc123def",
                             "supersecret"}) {
    EXPECT_EQ(redact("x" + std::string(secret) + "y"), "x[redacted]y") << secret;
    EXPECT_EQ(redact.identifier("x" + std::string(secret) + "y"), "[redacted]") << secret;
  }
  EXPECT_EQ(redact("Basic information"), "Basic information");
}

TEST(Redaction, TakesOutWhatIsCutOff) {
  const std::string body = R"({"name":"A B","email":"q@b.example",
      "data":{"note":"The candidate is not available on Mondays"}})";
  EXPECT_EQ(told(body, "too long: 'The candidate is not avail...'"), "too long: '[redacted]...'");
  EXPECT_EQ(told(body, "too long: \"The candidate is not avail\""), "too long: \"[redacted]\"");
  EXPECT_EQ(told(body, "The candidate is not known"), "The candidate is not known");
}

TEST(Redaction, OfIdentifiersTakesOutWhoSomebodyIs) {
  CallRequest made = request();
  made.http.headers.add("X-Request-Id", "mine-4711-0815");
  made.http.body =
      R"({"name":"Zoë Lovelace","email":"zoe.doe99@example.com","phone_number":"+15550100",
      "metadata":{"badge":"badge-4711"}})";
  const Redactor redact(made);
  for (const char* id : {"lovelace",
                         "Lovelace",
                         "user:lovelace",
                         "known-zoe.doe99",
                         "int_77",
                         "15550100",
                         "tel-15550100",
                         "for-badge-4711",
                         "ws-9"}) {
    EXPECT_EQ(redact.identifier(id), "[redacted]") << id;
  }
  for (const char* id :
       {"req_1", "mine-4711-0815", "badge", "int_775", "7d4b1f6e-0000-4711-9c0e"}) {
    EXPECT_EQ(redact.identifier(id), id);
  }
}

/// Somebody with a key, a name, an address and a phone number.
CallRequest alBo() {
  CallRequest made = request();
  made.http.headers = {{"X-API-KEY", "sk_live_Zq81xkPLm4471TTbnq09"}};
  made.http.body = R"({"name":"Al Bo","email":"zork@example.com","phone_number":"+12025550100"})";
  return made;
}

TEST(Redaction, FindsPhoneNumbersHoweverTheyAreWritten) {
  const CallRequest made = alBo();
  const Redactor redact(made);
  for (const char* number : {"202\u00a0555\u00a00100",
                             "202\u2009555\u20090100",
                             "202\u2010555\u20110100",
                             "202\u2013555\u20140100",
                             "202\u2212555\u00b70100",
                             "202%20555%200100",
                             "202%2D555-0100",
                             "202%C2%A0555%C2%A00100",
                             "202&nbsp;555&#45;0100",
                             "202\\u2011555\\u00a00100",
                             "202_555_0100",
                             "202, 555, 0100",
                             "\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff10\uff10",
                             "0202 555 0100"}) {
    EXPECT_EQ(redact("of " + std::string(number) + "; x"), "of [redacted]; x");
  }
  EXPECT_EQ(redact("phone_2025550100"), "phone_[redacted]");
  EXPECT_EQ(redact("tel2025550100x"), "tel[redacted]x");
  EXPECT_EQ(redact("202-555-0100 (2 matches)"), "[redacted] (2 matches)");
  EXPECT_EQ(redact("(202) 555-0100 2 times"), "([redacted] 2 times");
  EXPECT_EQ(redact("+1 202 555 0100 409"), "+[redacted] 409");
  EXPECT_EQ(redact("409 202 555 0100"), "409 [redacted]");
  EXPECT_THAT(redact("202-555-0100/202-555-0101"), Not(HasSubstr("0100")));
  for (const char* text :
       {"202-555-0199 (2 matches)", "at 2025-01-00T55:50:10", "3 of 100 to 409"}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST(Redaction, TakesOutPartsOfCredentials) {
  const CallRequest made = alBo();
  const Redactor redact(made);
  for (const char* part : {"sk_live_Zq81xkPLm4",
                           "sk_live_Zq81xkPLm447",
                           "m4471TTbnq09",
                           "1TTbnq09",
                           "Zq81xkPLm4471TTbnq09",
                           "ZQ81XKPLM4471",
                           "81xkPLm4",
                           "sk%5Flive%5FZq81xkPLm4471TTbnq09",
                           "sk%255Flive%255FZq81xkPLm4471TTbnq09",
                           "sk\\u005flive\\u005fZq81xkPLm4471TTbnq09",
                           "sk&#95;live&lowbar;Zq81xkPLm4471TTbnq09",
                           "sk_live_Zq81xk\nPLm4471TTbnq09",
                           "sk_live_Zq81xk\r\n  PLm4471TTbnq09",
                           "Zq81\nxkPL\nm447\n1TTb\nnq09",
                           "Zq81xk\\nPLm4471",
                           "Zq81xk\u200bPLm4471",
                           "Zq81 xkPL m447 1TTb nq09"}) {
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"key ", " is bad"}, {"key (", ")"}, {"key ...", "***"}, {"****", ""}, {"x", "y"}}) {
      EXPECT_EQ(redact(before + part + after), before + "[redacted]" + after);
    }
  }
  EXPECT_EQ(redact.identifier("req_Zq81xkPLm4"), "[redacted]");
  EXPECT_EQ(redact.code("invalid_1TTbnq09"), "[redacted]");
  for (const char* text : {"keys begin with sk_live_ or sk_test_", "a bearer token: 4471"}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST(Redaction, LeavesWordsThatAKeyIsMadeOf) {
  CallRequest made = alBo();
  made.http.headers = {{"X-API-KEY", "candidate_limit_9f8a7b6c5d"},
                       {"Authorization", "Bearer invalid-token-4711-0815"}};
  const Redactor redact(made);
  EXPECT_EQ(redact.code("candidate_limit_exceeded"), "candidate_limit_exceeded");
  EXPECT_EQ(redact("Bearer: invalid-token, candidate_limit"),
            "Bearer: invalid-token, candidate_limit");
  EXPECT_EQ(redact("candidate_limit_9f8a"), "[redacted]");
}

TEST(Redaction, TakesOutAddressesInOtherForms) {
  const CallRequest made = alBo();
  const Redactor redact(made);
  for (const char* at : {"@",
                         "%40",
                         "%2540",
                         "%252540",
                         "\\u0040",
                         "\\\\u0040",
                         "\\x40",
                         "%u0040",
                         "&#64;",
                         "&#064;",
                         "&#x40;",
                         "&#X40;",
                         "&commat;",
                         "&amp;#64;",
                         "\uff20",
                         "\ufe6b"}) {
    for (const char* mailbox : {"zork", "other.person", "else%2Bwhere"}) {
      EXPECT_EQ(redact("of " + std::string(mailbox) + at + "example.com, then"),
                "of [redacted], then")
          << mailbox << at;
    }
  }
  EXPECT_EQ(redact("of \"other person\"@x.org, then"), "of [redacted], then");
  EXPECT_EQ(redact("of \\\"other person\\\"@x.org, then"), "of [redacted], then");
  EXPECT_EQ(redact("of other@[192.0.2.1], then"), "of [redacted], then");
  EXPECT_EQ(redact("an \\u0040, an &#64; and 40% @ 1"), "an \\u0040, an &#64; and 40% @ 1");
}

TEST(Redaction, LeavesCodesThatAreWords) {
  const auto code =
      [](const std::string& name, const std::string& workspace, const std::string& text) {
        CallRequest made = request();
        made.http.headers.set("X-Workspace-Id", workspace);
        made.http.body = R"({"name":")" + name +
                         R"(","email":"zoe.doe@b.example","phone_number":"+12025550100"})";
        return Redactor(made).code(text);
      };
  for (const char* text : {"workspace_not_found",
                           "WORKSPACE_NOT_FOUND",
                           "workspace-not-found",
                           "workspace.not_found",
                           "workspace"}) {
    EXPECT_EQ(code("Al Bo", "workspace", text), text);
  }
  EXPECT_EQ(code("Al Bo", "production", "production_limit"), "production_limit");
  for (const char* text : {"ingestion_failed",
                           "ingestion",
                           "quota",
                           "QUOTA",
                           "internal",
                           "duplicated",
                           "max_duplicated",
                           "max-duplicated"}) {
    EXPECT_EQ(code("Ingestion Test", "ws-9", text), text);
    EXPECT_EQ(code("quota", "ws-9", text), text);
    EXPECT_EQ(code("Internal", "ws-9", text), text);
    EXPECT_EQ(code("Max Duplicated", "ws-9", text), text);
    EXPECT_EQ(code("Max-Duplicated", "ws-9", text), text);
  }
  for (const char* text :
       {"zoe.doe", "tel-12025550100", "ws-9", "has_secret-key", "Lovelace", "zoe.doe@b.example"}) {
    EXPECT_EQ(code("Ada Lovelace", "ws-9", text), "[redacted]") << text;
  }
}

TEST(Redaction, LeavesTheWordsOfMessages) {
  const std::string body = R"({"name":"Will Position","email":"q@b.example","metadata":{
      "a":"existing","b":"temporarily","c":"unavailable","d":"processing","e":"database",
      "f":"quota","g":"later","company":"application","position":"service"}})";
  for (const char* text :
       {"the service is temporarily unavailable while processing: try later",
        "the database has an existing application for this position: company quota reached"}) {
    EXPECT_EQ(told(body, text), text);
  }
}

/// Answers with a request id, and remembers how much had been allocated by then.
class Answering : public Transport {
 public:
  HttpResponse send(const HttpRequest&, const CancellationToken&) override {
    HttpResponse response{200, {{"X-Request-Id", "req_0123456789abcdef"}}, R"({"data":[]})"};
    before = heymilo_test::allocations;
    return response;
  }

  int before = 0;
};

TEST(Redaction, CostsNothingWhereACallSucceeds) {
  const auto transport = std::make_shared<Answering>();
  ClientOptions options;
  options.api_key = "sk_live_4711";
  options.authorization = "Basic bWU6aHVudGVyMi1wdw==";
  options.transport = transport;
  int allocated = -1;
  options.on_event = [&](const Event& event) {
    if (event.kind == EventKind::response) {
      allocated = heymilo_test::allocations - transport->before;
      EXPECT_EQ(event.request_id, "req_0123456789abcdef");
    }
  };
  BulkCandidateIngestRequest people;
  for (int i = 0; i < 500; ++i) {
    people.data.push_back({"Somebody Example", "somebody" + std::to_string(i) + "@example.com"});
    people.data.back().metadata = {{"number", "a number like " + std::to_string(i)}};
  }
  EXPECT_NO_THROW(Client(options).ingestCandidatesBulk("posting", people));
  EXPECT_GE(allocated, 0);
  EXPECT_LT(allocated, 16);
}

}  // namespace
}  // namespace heymilo
