#include "redaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heymilo {
namespace {

using testing::HasSubstr;
using testing::Not;

HttpRequest request() {
  HttpRequest made;
  made.method = "POST";
  made.url =
      "https://api.example/api/v2/postings/post%20ing%2F1/"
      "candidates?limit=100&starting_after=int_77";
  made.headers = {{"X-API-KEY", "secret-key"},
                  {"Authorization", "Bearer tok-123"},
                  {"X-Workspace-Id", "ws-9"},
                  {"Accept", "application/json"}};
  made.body = R"({"name":"Zoë Doe","email":"zoe@example.com","phone_number":"+15550100",
      "metadata":{"badge":"B-17"},"data":{"nested":[{"salary":91234}]}})";
  return made;
}

const char* const kRoute = "/api/v2/postings/{posting_id}/candidates";

TEST(Redaction, TakesOutWhateverTheRequestCarried) {
  const Redactor redact(request(), kRoute);
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
  const Redactor redact(request(), kRoute);
  EXPECT_EQ(redact("duplicate of \"other.person+x@example.org\", b@c"),
            "duplicate of \"[redacted]\", [redacted]");
  EXPECT_EQ(redact("must have an @-sign, an @ and a name@"),
            "must have an @-sign, an @ and a name@");
}

TEST(Redaction, FindsWhatIsBrokenIntoLinesElsewhere) {
  HttpRequest made = request();
  made.body = R"({"name":"Zoë Doe","data":{"note":"first line\r\nsecond line"}})";
  const Redactor redact(made, kRoute);
  EXPECT_EQ(redact("Zoë\n Doe!"), "[redacted]!");
  EXPECT_EQ(redact("first line second line!"), "[redacted]!");
}

TEST(Redaction, FindsWhatIsLong) {
  HttpRequest made = request();
  std::string essay;
  for (int i = 0; i < 3000; ++i) {
    essay += "word" + std::to_string(i) + ' ';
  }
  made.body = R"({"name":"Zoë Doe","data":{"essay":")" + essay + R"("}})";
  const Redactor redact(made, kRoute);
  EXPECT_EQ(redact("not this: '" + essay + "'!"), "not this: '[redacted]...");
  const std::string far = redact(std::string(4000, 'x') + std::string(9000, ' ') + "Zoë Doe");
  EXPECT_THAT(far, Not(HasSubstr("Zo")));
  EXPECT_EQ(redact(std::string(9000, ' ') + "Zoë Doe!"), "[redacted]!");
}

TEST(Redaction, LeavesWhatIsTheApisOwn) {
  const Redactor redact(request(), kRoute);
  for (const char* text : {"body.email: value is not a valid email address",
                           "No such posting: see /api/v2/postings",
                           "limit: must be within 1 to 1000",
                           "name, phone_number and metadata are fine; send application/json"}) {
    EXPECT_EQ(redact(text), text);
  }
}

TEST(Redaction, MakesOneLineOfBoundedLength) {
  const Redactor redact(request(), kRoute);
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

}  // namespace
}  // namespace heymilo
