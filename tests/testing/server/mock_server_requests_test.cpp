// Which requests the mock server accepts: paths, methods, keys, workspaces, media types.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <heymilo/testing/mock_server.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "support/hex_id.hpp"
#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::HexIdAfter;
using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using ::testing::Ne;
using ::testing::Optional;
using Json = nlohmann::json;

Json envelope(const char* type, const char* code, const char* message, const Json& param) {
  return {{"error",
           {{"type", type},
            {"code", code},
            {"message", message},
            {"param", param},
            {"doc_url", std::string("https://docs.heymilo.example/errors#") + code},
            {"errors", Json::array()}}}};
}

class MockServerRequests : public ::testing::Test {
 protected:
  MockServerRequests() { server.addPosting("p1"); }

  static MockServerOptions options() {
    MockServerOptions options;
    options.api_key = "the key";
    options.workspace_id = "ws-1";
    return options;
  }

  MockServer server{options()};
  RawClient client{server.port()};
};

TEST_F(MockServerRequests, TakesTheKeyFromEitherHeader) {
  EXPECT_EQ(client.get(kPath, {{"X-API-KEY", "the key"}}).status, 200);
  EXPECT_EQ(client.get(kPath, {{"x-api-key", "the key"}}).status, 200);
  EXPECT_EQ(client.get(kPath, {{"Authorization", "Bearer the key"}}).status, 200);
  EXPECT_EQ(client.get(kPath, {{"authorization", "bearer the key"}}).status, 200);
}

TEST_F(MockServerRequests, RefusesAMissingKey) {
  const RawAnswer answer = client.get(kPath);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(
      answer.json(),
      envelope("authentication_error", "missing_api_key", "No API key was provided.", nullptr));
}

TEST_F(MockServerRequests, RefusesAWrongKey) {
  const Json refusal =
      envelope("authentication_error", "invalid_api_key", "The API key is not valid.", nullptr);
  for (const auto& [name, value] : heymilo_test::RawHeaders{{"X-API-KEY", "another"},
                                                            {"X-API-KEY", ""},
                                                            {"X-API-KEY", "the%20key"},
                                                            {"Authorization", "Bearer another"}}) {
    const RawAnswer answer = client.get(kPath, {{name, value}});
    EXPECT_EQ(answer.status, 401) << name << ": " << value;
    EXPECT_EQ(answer.json(), refusal);
  }
  EXPECT_EQ(client.get(kPath, {{"Authorization", "the key"}}).status, 401);
  EXPECT_EQ(client.get(kPath, {{"X-API-KEY", "no"}, {"Authorization", "Bearer the key"}}).status,
            401);
}

TEST_F(MockServerRequests, LooksAtTheKeyBeforeAllElse) {
  EXPECT_EQ(client.get("/api/v2/postings/unknown/candidates?limit=no").status, 401);
  EXPECT_EQ(client.post(kPath, "not JSON", {{"Content-Type", "text/plain"}}).status, 401);
}

TEST_F(MockServerRequests, RefusesAnotherWorkspace) {
  const heymilo_test::RawHeaders key{{"X-API-KEY", "the key"}};
  const RawAnswer answer =
      client.get(kPath, {{"X-API-KEY", "the key"}, {"X-Workspace-Id", "ws-2"}});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.json(),
            envelope("permission_error",
                     "workspace_forbidden",
                     "The API key has no access to this workspace.",
                     "X-Workspace-Id"));
  EXPECT_EQ(client.get(kPath, {{"X-API-KEY", "the key"}, {"X-Workspace-Id", "ws-1"}}).status, 200);
  EXPECT_EQ(client.get(kPath, key).status, 200);
}

/// With a key: later checks are then visible.
class MockServerRouting : public ::testing::Test {
 protected:
  MockServerRouting() { server.addPosting("p1"); }

  MockServer server;
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerRouting, AnswersUnknownPathsAsFastApiDoes) {
  for (const char* path : {"/",
                           "/api/v2/postings",
                           "/api/v2/postings/p1",
                           "/api/v2/postings//candidates",
                           "/api/v2/postings/p1/candidates/",
                           "/api/v2/postings/p1/candidates/bulk/",
                           "/api/v2/postings/p1/candidates/other",
                           "/api/v2/postings/p1/p2/candidates",
                           "/api/v1/postings/p1/candidates",
                           "/API/v2/postings/p1/candidates"}) {
    const RawAnswer answer = client.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.json(), Json({{"detail", "Not Found"}}));
  }
}

TEST_F(MockServerRouting, AnswersOtherMethodsAsFastApiDoes) {
  for (const char* method : {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"}) {
    const RawAnswer answer = client.request(method, kPath);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.json(), Json({{"detail", "Method Not Allowed"}}));
    EXPECT_THAT(answer.header("Allow"), Optional(std::string("GET, POST")));
  }
  const RawAnswer answer = client.get(std::string(kPath) + "/bulk/async");
  EXPECT_EQ(answer.status, 405);
  EXPECT_THAT(answer.header("Allow"), Optional(std::string("POST")));
}

TEST_F(MockServerRouting, AnswersHeadWithoutABody) {
  ASSERT_TRUE(client.send("HEAD " + std::string(kPath) + " HTTP/1.1\r\nConnection: close\r\n\r\n"));
  const std::string answer = client.receiveToEnd();
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 405");
  EXPECT_EQ(answer.substr(answer.size() - 4), "\r\n\r\n");
}

TEST_F(MockServerRouting, KnowsItsPostingsOnly) {
  const RawAnswer answer = client.get("/api/v2/postings/p2/candidates");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.json(),
            envelope("not_found_error", "posting_not_found", "No such posting.", "posting_id"));
  const Json person{{"name", "A"}, {"email", "a@example.com"}};
  for (const char* end : {"", "/async"}) {
    EXPECT_EQ(client.postJson("/api/v2/postings/p2/candidates" + std::string(end), person).status,
              404);
  }
  for (const char* end : {"/bulk", "/bulk/async"}) {
    EXPECT_EQ(client
                  .postJson("/api/v2/postings/p2/candidates" + std::string(end),
                            Json{{"data", Json::array({person})}})
                  .status,
              404);
  }
}

TEST_F(MockServerRouting, TakesAnyPostingIdAsOneSegment) {
  const std::string id = "a/b?c%d é.";
  server.addPosting(id, 1);
  const RawAnswer answer = client.get("/api/v2/postings/a%2Fb%3fc%25d%20%C3%A9./candidates");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["data"][0]["posting_id"], id);
  EXPECT_EQ(answer.json()["pagination"]["url"],
            "/api/v2/postings/a%2Fb%3Fc%25d%20%C3%A9./candidates");
}

TEST_F(MockServerRouting, LooksAtTheRequestBeforeThePosting) {
  EXPECT_EQ(client.get("/api/v2/postings/p2/candidates?limit=0").status, 422);
  EXPECT_EQ(client.postJson("/api/v2/postings/p2/candidates", Json::object()).status, 422);
}

TEST_F(MockServerRouting, TakesJsonOnly) {
  const std::string person = R"({"name":"A","email":"a@example.com"})";
  for (const char* type : {"text/plain",
                           "application/jsonx",
                           "application/x-www-form-urlencoded",
                           "multipart/form-data; boundary=x",
                           "+json"}) {
    const RawAnswer answer = client.post(kPath, person, {{"Content-Type", type}});
    EXPECT_EQ(answer.status, 415) << type;
    EXPECT_EQ(answer.json(),
              envelope("invalid_request_error",
                       "unsupported_media_type",
                       "The request body must be application/json.",
                       "Content-Type"));
  }
  EXPECT_EQ(client.request("POST", kPath, person).status, 415);
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  for (const char* type :
       {"application/json", "Application/JSON ; charset=utf-8", "application/problem+json"}) {
    EXPECT_EQ(client.post(kPath, person, {{"Content-Type", type}}).status, 201) << type;
  }
}

TEST_F(MockServerRouting, DoesNotDecompressABody) {
  const RawAnswer answer = client.post(kPath, "\x1f\x8b\x08", {{"Content-Encoding", "gzip"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json(), Json({{"detail", "There was an error parsing the body"}}));
}

TEST_F(MockServerRouting, RefusesBodiesOver64MiB) {
  const std::string body((std::size_t{64} << 20) + 1, ' ');
  const RawAnswer answer = client.post(kPath, body);
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(
      answer.json(),
      envelope("invalid_request_error", "payload_too_large", "The body is over 64 MiB.", nullptr));
  EXPECT_TRUE(answer.header("X-Request-Id"));
}

TEST_F(MockServerRouting, RefusesWhatIsNotHttp) {
  ASSERT_TRUE(client.send("what is this\r\n\r\n"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(answer->json()["error"]["code"], "malformed_request");
  EXPECT_TRUE(answer->header("X-Request-Id"));
  EXPECT_EQ(client.receiveToEnd(), "");
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(MockServerRouting, TakesAChunkedBody) {
  ASSERT_TRUE(
      client.send("POST " + std::string(kPath) +
                  " HTTP/1.1\r\nX-API-KEY: test-key\r\nContent-Type: application/json\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n"
                  "d\r\n{\"name\":\"A\", \r\n19\r\n\"email\": \"a@example.com\"}\r\n0\r\n\r\n"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201) << answer->body;
}

TEST_F(MockServerRouting, SaysContinueToThoseWhoExpectIt) {
  const std::string body = R"({"name":"A","email":"a@example.com"})";
  ASSERT_TRUE(client.send("POST " + std::string(kPath) +
                          " HTTP/1.1\r\nX-API-KEY: test-key\r\nContent-Type: application/json\r\n"
                          "Expect: 100-continue\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n"));
  const auto interim = client.receive();
  ASSERT_TRUE(interim);
  EXPECT_EQ(interim->status, 100);
  ASSERT_TRUE(client.send(body));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
}

TEST_F(MockServerRouting, TakesAPostWithoutABodyForAnEmptyOne) {
  ASSERT_TRUE(client.send("POST " + std::string(kPath) +
                          " HTTP/1.1\r\nX-API-KEY: test-key\r\n"
                          "Content-Type: application/json\r\n\r\n"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 422);
}

TEST_F(MockServerRouting, GivesEachAnswerAnIdOfItsOwn) {
  const RawAnswer first = client.get(kPath);
  const RawAnswer second = client.get("/nowhere");
  EXPECT_THAT(first.header("X-Request-Id"), Optional(HexIdAfter("req_")));
  EXPECT_THAT(second.header("X-Request-Id"), Optional(HexIdAfter("req_")));
  EXPECT_THAT(second.header("X-Request-Id"), Ne(first.header("X-Request-Id")));
}

TEST_F(MockServerRouting, CompressesWhenThatIsOnAndAccepted) {
  EXPECT_FALSE(client.get(kPath, {{"Accept-Encoding", "gzip"}}).header("Content-Encoding"));
  MockServerOptions options;
  options.compression = true;
  MockServer compressing(options);
  compressing.addPosting("p1", 20);
  RawClient other(compressing.port(), {{"X-API-KEY", "test-key"}});
  const RawAnswer zipped = other.get(kPath, {{"Accept-Encoding", "br, gzip"}});
  EXPECT_THAT(zipped.header("Content-Encoding"), Optional(std::string("gzip")));
  EXPECT_EQ(zipped.body.substr(0, 2), "\x1f\x8b");
  EXPECT_FALSE(other.get(kPath, {{"Accept-Encoding", "br"}}).header("Content-Encoding"));
}

}  // namespace
}  // namespace heymilo::testing
