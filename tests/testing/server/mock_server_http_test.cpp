// The mock server's HTTP, which must be the same whatever the version of cpp-httplib.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <heymilo/testing/mock_server.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::eventually;
using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::StartsWith;

const std::string kPostHead =
    "POST " + kPath + " HTTP/1.1\r\nX-API-KEY: test-key\r\nContent-Type: application/json\r\n";

std::string withLength(const std::string& body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class MockServerHttp : public ::testing::Test {
 protected:
  MockServerHttp() { server.addPosting("p1"); }

  int statusOf(const std::string& request) {
    RawClient once(server.port());
    EXPECT_TRUE(once.send(request));
    const auto answer = once.receive();
    return answer ? answer->status : 0;
  }

  MockServer server;
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerHttp, ReadsABodyInAnyPieces) {
  const std::string chunked =
      kPostHead +
      "Transfer-Encoding: chunked\r\n\r\n"
      "D;ext=1\r\n{\"name\":\"A\", \r\n019\r\n\"email\": \"a@example.com\"}\r\n"
      "0\r\n\r\n";
  for (const std::string& request : {kPostHead + withLength(kPerson), chunked}) {
    for (const char byte : request) {
      ASSERT_TRUE(client.send({&byte, 1}));
    }
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 201);
  }
  ASSERT_TRUE(client.send(chunked + chunked + "GET /next HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(client.receive()->status, 201);
  EXPECT_EQ(client.receive()->status, 201);
  EXPECT_EQ(client.receive()->status, 404);
  EXPECT_EQ(server.openConnections(), 1u);
}

TEST_F(MockServerHttp, GivesAHeadRequestNoBody) {
  ASSERT_TRUE(
      client.send("HEAD / HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
                  "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
  const std::string received = client.receiveToEnd();
  EXPECT_THAT(received, StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(received, EndsWith(R"({"detail":"Not Found"})"));
  const auto count = [&](const std::string& text) {
    int found = 0;
    for (auto at = received.find(text); at != std::string::npos; at = received.find(text, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("HTTP/1.1 "), 3);
  EXPECT_EQ(count("detail"), 1);
}

TEST_F(MockServerHttp, TakesABodyForBytesWhateverItsHeadersSay) {
  for (const char* header : {"Range: bytes=0-1",
                             "Range: what",
                             "Content-Encoding: gzip",
                             "Content-Type: multipart/form-data; boundary=x",
                             "Content-Type: application/x-www-form-urlencoded",
                             "Accept: what;q=9",
                             "Upgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n"
                             "Sec-WebSocket-Version: 13\r\nConnection: Upgrade",
                             "Exchange: 1",
                             "X-Forwarded-For: 10.0.0.1"}) {
    const std::string body(20'000, 'x');
    ASSERT_TRUE(client.send("PUT /at?x=1?y=%00#z HTTP/1.1\r\n" + std::string(header) + "\r\n" +
                            withLength(body)));
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 404) << header;
    EXPECT_EQ(server.requests().back().body, body);
    EXPECT_EQ(server.requests().back().query, "x=1?y=%00#z");
  }
  EXPECT_EQ(server.openConnections(), 1u);
}

TEST_F(MockServerHttp, RefusesWhatIsNotARequest) {
  for (const char* request : {"GET\r\n\r\n",
                              "GET /\r\n\r\n",
                              "GET / HTTP/2.0\r\n\r\n",
                              "GET / / HTTP/1.1\r\n\r\n",
                              "get / HTTP/1.1\r\n\r\n",
                              "\r\nGET / HTTP/1.1\r\n\r\n",
                              "\x16\x03\x01\n",  // how TLS begins, and no more of it
                              "GET / HTTP/1.1\r\nA: b\nContent-Length: 1\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: one\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                              "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                              "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
                              "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n",
                              "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n",
                              "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\n"}) {
    RawClient once(server.port());
    ASSERT_TRUE(once.send(request));
    const auto answer = once.receive();
    ASSERT_TRUE(answer) << request;
    EXPECT_EQ(answer->status, 400) << request;
    EXPECT_EQ(answer->json()["error"]["code"], "malformed_request");
    EXPECT_THAT(answer->header("Connection"), Optional(std::string("close")));
    EXPECT_EQ(once.receiveToEnd(), "");
  }
  EXPECT_EQ(server.requestCount(), 0u);
  EXPECT_EQ(client.get("/").status, 404);
}

TEST_F(MockServerHttp, RefusesATargetOrAHeadThatIsTooLong) {
  EXPECT_EQ(statusOf("GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\n\r\n"), 414);
  std::string head = "GET / HTTP/1.1\r\n";
  while (head.size() < (std::size_t{1} << 20)) {
    head += "A: " + std::string(1'000, 'x') + "\r\n";
  }
  EXPECT_EQ(statusOf(head), 431);
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(MockServerHttp, RefusesARequestThatEndsTooEarly) {
  for (const std::string& request :
       {std::string("GET / HTTP/1.1\r\nA: "),
        "POST / HTTP/1.1\r\n" + withLength("1234").substr(0, 21),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")}) {
    RawClient once(server.port());
    ASSERT_TRUE(once.send(request));
    once.endSending();
    const auto answer = once.receive();
    ASSERT_TRUE(answer) << request;
    EXPECT_EQ(answer->status, 400) << request;
    EXPECT_EQ(once.receiveToEnd(), "");
  }
  RawClient silent(server.port());
  silent.endSending();
  EXPECT_EQ(silent.receiveToEnd(), "");
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(MockServerHttp, RefusesALongBodyInChunks) {
  const std::size_t size = std::size_t{1} << 20;
  std::string chunk = "100000\r\n" + std::string(size, ' ') + "\r\n";
  ASSERT_TRUE(client.send(kPostHead + "Transfer-Encoding: chunked\r\n\r\n"));
  for (int count = 0; count < 65; ++count) {
    ASSERT_TRUE(client.send(chunk));
  }
  ASSERT_TRUE(client.send("0\r\n\r\n"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(MockServerHttp, EndsTheConnectionWhenTheClientSaysSo) {
  for (const char* head : {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                           "GET / HTTP/1.1\r\nconnection: x, Close\r\n\r\n",
                           "GET / HTTP/1.0\r\n\r\n"}) {
    RawClient once(server.port());
    ASSERT_TRUE(once.send(head));
    const auto answer = once.receive();
    ASSERT_TRUE(answer);
    EXPECT_THAT(answer->header("Connection"), Optional(std::string("close")));
    EXPECT_FALSE(answer->header("Keep-Alive"));
    EXPECT_EQ(once.receiveToEnd(), "");
  }
  ASSERT_TRUE(client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->header("Keep-Alive"), Optional(StartsWith("timeout=60")));
  EXPECT_FALSE(answer->header("Connection"));
  EXPECT_EQ(client.get("/").status, 404);
}

TEST_F(MockServerHttp, KeepsTheConnectionWhateverTheStatus) {
  for (const int status : {200, 201, 204, 304, 400, 404, 413, 429, 500, 503, 599}) {
    server.respondNext({}, ScriptedResponse::answer(status));
    const RawAnswer answer = client.get("/");
    EXPECT_EQ(answer.status, status);
    EXPECT_FALSE(answer.header("Connection")) << status;
  }
  EXPECT_EQ(server.requests().back().connection, 1u);
}

TEST_F(MockServerHttp, SendsScriptedHeadersInThePlaceOfItsOwn) {
  server.respondNext({},
                     ScriptedResponse::answer(200,
                                              "{}",
                                              {{"Content-Length", "5"},
                                               {"connection", "close"},
                                               {"X-Empty", ""},
                                               {"X-Text", " a  \xc3\xa9 "},
                                               {"Content-Type", "text/x"}})
                         .cutAfter(1'000));
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\n\r\n"));
  const std::string received = client.receiveToEnd();
  EXPECT_THAT(received, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(received, HasSubstr("\r\nconnection: close\r\n"));
  EXPECT_THAT(received, HasSubstr("\r\nX-Empty: \r\n"));
  EXPECT_THAT(received, HasSubstr("\r\nX-Text:  a  \xc3\xa9 \r\n"));
  EXPECT_THAT(received, HasSubstr("\r\nContent-Type: text/x\r\n"));
  EXPECT_THAT(received, Not(HasSubstr("Content-Length: 2")));
  EXPECT_THAT(received, EndsWith("\r\n\r\n{}"));
}

TEST_F(MockServerHttp, InterruptsAfterSoManyBytesOfTheBody) {
  for (const std::size_t bytes : {0u, 1u, 20u, 1'000u}) {
    server.respondNext({}, ScriptedResponse::interrupt(bytes));
    RawClient once(server.port());
    ASSERT_TRUE(once.send(kPostHead + withLength(kPerson)));
    EXPECT_EQ(once.receiveToEnd(), "");
  }
  server.respondNext({}, ScriptedResponse::interrupt(5));
  RawClient asking(server.port());
  ASSERT_TRUE(
      asking.send(kPostHead + "Expect: 100-continue\r\n" + withLength(kPerson).substr(0, 22)));
  ASSERT_TRUE(asking.receive());
  ASSERT_TRUE(asking.send(kPerson));
  EXPECT_EQ(asking.receiveToEnd(), "");
  EXPECT_EQ(server.requestCount(), 0u);
  EXPECT_EQ(server.pendingResponses(), 0u);
}

// The reply may take its time: on_request() is the test's.
TEST(MockServerHttpThreads, DecidesAsManyRepliesAtATimeAsThereAreClients) {
  constexpr int kClients = 100;
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  MockServerOptions options;
  options.on_request = [&](const RecordedRequest&) {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait_for(lock, std::chrono::seconds{60}, [&] { return waiting == kClients; });
  };
  const MockServer server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int count = 0; count < kClients; ++count) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    ASSERT_TRUE(clients.back()->send("GET / HTTP/1.1\r\n\r\n"));
  }
  for (const auto& client : clients) {
    const auto answer = client->receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 404);
  }
  EXPECT_EQ(waiting, kClients);
}

/// Limits the number of the process's descriptors for the lifetime of the object.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit tight = before_;
    tight.rlim_cur = limit;
    setrlimit(RLIMIT_NOFILE, &tight);
  }
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

// One descriptor per connection, and a few for all of them.
TEST(MockServerHttpThreads, ServesAsManyConnectionsAsThereAreDescriptors) {
  const MockServer server;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int count = 0; count < 60; ++count) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    EXPECT_EQ(clients.back()->get("/").status, 404);
  }
  const DescriptorLimit tight(140);
  for (int round = 0; round < 20; ++round) {
    for (const auto& client : clients) {
      ASSERT_TRUE(client->send("GET / HTTP/1.1\r\n\r\n"));
    }
    for (const auto& client : clients) {
      const auto answer = client->receive();
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->status, 404);
    }
  }
}

}  // namespace
}  // namespace heymilo::testing
