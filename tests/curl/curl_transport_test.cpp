#include "curl/curl_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/raw_server.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::ClosedPort;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::shared_ptr<Transport> makeTransport() {
  CurlOptions options;
  options.proxy = "";
  return makeCurlTransport(options);
}

TEST(CurlTransport, BringsTheAnswerBack) {
  RawServer server(answering(
      httpAnswer("201 Created", "the body", "X-Request-Id: r1\r\nX-Two:  a \r\nx-two: b\r\n")));
  const HttpResponse response = makeTransport()->send(get(server.url()), {});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "the body");
  EXPECT_EQ(response.headers.get("x-request-id"), "r1");
  EXPECT_THAT(response.headers.getAll("X-Two"), ElementsAre("a", "b"));
}

TEST(CurlTransport, AnAnswerOfAnyStatusIsASuccess) {
  for (const std::string status : {"200 OK",
                                   "204 No Content",
                                   "301 Moved",
                                   "304 Not Modified",
                                   "401 Unauthorized",
                                   "407 Proxy",
                                   "417 Expectation Failed",
                                   "429 Too Many",
                                   "500 Oops",
                                   "599 ?",
                                   "999 !"}) {
    RawServer server(answering("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"));
    const auto transport = makeTransport();
    EXPECT_EQ(transport->send(get(server.url()), {}).status, std::stoi(status));
    EXPECT_EQ(transport->send(post(server.url(), "{}"), {}).status, std::stoi(status));
    EXPECT_EQ(server.requests().size(), 2u);
  }
}

TEST(CurlTransport, SendsWhatItIsGivenAndLittleElse) {
  RawServer server(answering(httpAnswer("200 OK")));
  HttpRequest request = post(server.url("/a/../b%2F?q=1&r=%20"), "{\"a\": 1}");
  request.headers.add("X-API-KEY", "the key");
  request.headers.add("x-Empty", "");
  request.headers.add("X-Blank", " \t");
  request.headers.add("X-Twice", "1");
  request.headers.add("X-Twice", "2");
  request.headers.add("X-Semicolon", "a;");
  makeTransport()->send(request, {});
  ASSERT_EQ(server.requests().size(), 1u);
  const auto received = server.requests()[0];
  const std::string encodings = received.header("Accept-Encoding").at(0);
  EXPECT_EQ(received.head,
            "POST /a/../b%2F?q=1&r=%20 HTTP/1.1\r\nHost: 127.0.0.1:" +
                std::to_string(server.port()) + "\r\nAccept-Encoding: " + encodings +
                "\r\nContent-Type: application/json\r\nX-API-KEY: the key\r\nx-Empty:\r\n"
                "X-Blank:\r\nX-Twice: 1\r\nX-Twice: 2\r\nX-Semicolon: a;\r\n"
                "Content-Length: 8\r\n\r\n");
  EXPECT_EQ(received.body, "{\"a\": 1}");
  EXPECT_THAT(encodings, HasSubstr("gzip"));
}

// Nothing of a request is left for the next one on the same handle.
TEST(CurlTransport, EachKindOfRequestFollowsEachOther) {
  RawServer server(answering(httpAnswer("200 OK")));
  std::vector<HttpRequest> kinds{get(server.url("/list?limit=3")),
                                 post(server.url(), "{\"a\": 1}"),
                                 post(server.url("/large"), std::string(50'000, 'x')),
                                 post(server.url("/none"), "")};
  for (const char* const method : {"PUT", "PATCH", "DELETE"}) {
    kinds.push_back(post(server.url("/other"), "{\"b\": 2}"));
    kinds.back().method = method;
    kinds.back().headers.add("X-Other", method);
  }
  kinds.push_back(get(server.url("/gone")));
  kinds.back().method = "DELETE";
  const auto received = [&](const HttpRequest& request, heymilo::Transport& transport) {
    const std::size_t before = server.requests().size();
    EXPECT_EQ(transport.send(request, {}).status, 200);
    EXPECT_EQ(server.requests().size(), before + 1);
    const auto last = server.requests().back();
    return last.head + last.body;
  };
  for (const HttpRequest& first : kinds) {
    for (const HttpRequest& second : kinds) {
      const std::string alone = received(second, *makeTransport());
      const auto transport = makeTransport();
      received(first, *transport);
      EXPECT_EQ(received(second, *transport), alone) << first.method << ' ' << first.url;
    }
  }
}

TEST(CurlTransport, AGetHasNoBodyAndAPostMayHaveNone) {
  RawServer server(answering(httpAnswer("200 OK")));
  const auto transport = makeTransport();
  transport->send(get(server.url()), {});
  HttpRequest bare = post(server.url(), "");
  bare.headers = {};
  transport->send(bare, {});
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_THAT(server.requests()[0].header("Content-Length"), IsEmpty());
  EXPECT_THAT(server.requests()[0].header("Content-Type"), IsEmpty());
  EXPECT_THAT(server.requests()[1].header("Content-Length"), ElementsAre("0"));
  EXPECT_THAT(server.requests()[1].header("Content-Type"), IsEmpty());
}

TEST(CurlTransport, EachMethodGoesOutAsItIsWithOrWithoutABody) {
  RawServer server(answering(httpAnswer("200 OK")));
  const auto transport = makeTransport();
  const std::string large(100'000, 'x');  // from a callback
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "GET", "POST"}) {
    HttpRequest request = get(server.url("/a"));
    request.method = method;
    request.idempotent = method == "GET";
    transport->send(request, {});
    const auto bare = server.requests().back();
    EXPECT_THAT(bare.head, ::testing::StartsWith(method + " /a HTTP/1.1\r\n"));
    EXPECT_EQ(bare.body, "");
    EXPECT_THAT(bare.header("Content-Type"), IsEmpty()) << method;
    EXPECT_THAT(bare.header("Transfer-Encoding"), IsEmpty()) << method;
    if (method == "GET" || method == "DELETE") {
      EXPECT_THAT(bare.header("Content-Length"), IsEmpty()) << method;
    } else {
      EXPECT_THAT(bare.header("Content-Length"), ElementsAre("0")) << method;
    }
    for (const std::string& body : {std::string("{}"), large}) {
      if (method == "GET") {
        continue;
      }
      request.headers = {{"Content-Type", "application/json"}};
      request.body = body;
      transport->send(request, {});
      const auto full = server.requests().back();
      EXPECT_THAT(full.head, ::testing::StartsWith(method + " /a HTTP/1.1\r\n"));
      EXPECT_EQ(full.body, body) << method;
      EXPECT_THAT(full.header("Content-Type"), ElementsAre("application/json"));
      EXPECT_THAT(full.header("Content-Length"), ElementsAre(std::to_string(body.size())));
    }
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST(CurlTransport, ALargeBodyArrivesWholeAndWithoutBeingAskedFor) {
  RawServer server(answering(httpAnswer("200 OK")));
  std::string body;
  for (int i = 0; i < 300'000; ++i) {
    body += std::to_string(i) + ",";
  }
  const auto transport = makeTransport();
  for (const std::size_t size : {std::size_t{65'535}, std::size_t{65'536}, body.size()}) {
    transport->send(post(server.url(), body.substr(0, size)), {});
    EXPECT_EQ(server.requests().back().body, body.substr(0, size));
    EXPECT_THAT(server.requests().back().header("Expect"), IsEmpty());
  }
}

TEST(CurlTransport, OneConnectionServesOneRequestAfterTheOther) {
  RawServer server(answering(httpAnswer("200 OK", "x")));
  const auto transport = makeTransport();
  for (int i = 0; i < 10; ++i) {
    transport->send(i % 2 == 0 ? get(server.url()) : post(server.url(), "{}"), {});
  }
  EXPECT_EQ(server.requests().size(), 10u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(CurlTransport, AConnectionIsKeptAfterEachKindOfAnswer) {
  RawServer server([](RawConnection& connection) {
    const std::string answers[] = {
        httpAnswer("500 Oops", "x"),
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        httpAnswer("200 OK", "x")};
    for (const std::string& answer : answers) {
      connection.readRequest();
      connection.send(answer);
    }
  });
  const auto transport = makeTransport();
  for (int i = 0; i < 4; ++i) {
    transport->send(get(server.url()), {});
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST(CurlTransport, ChunksAndInterimAnswersAndTrailers) {
  RawServer server(answering(
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
      "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nX-Interim: 2\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Final: yes\r\nTrailer: X-Late\r\n\r\n"
      "4\r\nwiki\r\n5;ext=1\r\npedia\r\n0\r\nX-Late: 1\r\n\r\n"));
  const HttpResponse response = makeTransport()->send(get(server.url()), {});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "wikipedia");
  EXPECT_THAT(
      response.headers,
      ElementsAre(
          Pair("Transfer-Encoding", "chunked"), Pair("X-Final", "yes"), Pair("Trailer", "X-Late")));
}

TEST(CurlTransport, ABodyWithoutALengthEndsWithTheConnection) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  });
  EXPECT_EQ(makeTransport()->send(get(server.url()), {}).body, "until the end");
}

TEST(CurlTransport, ARedirectIsAnAnswerAndNothingGoesElsewhere) {
  RawServer other(answering(httpAnswer("200 OK")));
  const auto transport = makeTransport();
  for (const std::string status : {"301", "302", "303", "307", "308"}) {
    RawServer server(answering(
        httpAnswer(status + " Elsewhere", "", "Location: " + other.url("/taken") + "\r\n")));
    HttpRequest request = post(server.url(), "{}");
    request.headers.add("X-API-KEY", "key");
    const HttpResponse response = transport->send(request, {});
    EXPECT_EQ(response.status, std::stoi(status));
    EXPECT_EQ(response.headers.get("Location"), other.url("/taken"));
    EXPECT_EQ(transport->send(get(server.url()), {}).status, std::stoi(status));
  }
  EXPECT_EQ(other.connections(), 0u);
}

TEST(CurlTransport, ConnectionsAreMadeAsNeededAndKeptUpToTheLimit) {
  // Three requests in parallel; then one after the other on the kept connections.
  std::mutex mutex;
  std::condition_variable all_here;
  int waiting = 0;
  RawServer server([&](RawConnection& connection) {
    while (connection.readRequest()) {
      std::unique_lock<std::mutex> lock(mutex);
      ++waiting;
      all_here.notify_all();
      all_here.wait_for(lock, std::chrono::seconds(10), [&] { return waiting >= 3; });
      connection.send(httpAnswer("200 OK"));
    }
  });
  CurlOptions options;
  options.proxy = "";
  options.max_connections = 2;
  const auto transport = makeCurlTransport(options);
  const auto sendThree = [&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] { transport->send(get(server.url()), {}); });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  };
  sendThree();
  EXPECT_EQ(server.connections(), 3u);
  waiting = 0;
  sendThree();
  EXPECT_EQ(server.connections(), 4u);
}

TEST(CurlTransport, WithoutAPoolEachRequestHasItsOwnConnection) {
  RawServer server(answering(httpAnswer("200 OK")));
  CurlOptions options;
  options.proxy = "";
  options.max_connections = 0;
  const auto transport = makeCurlTransport(options);
  for (int i = 0; i < 3; ++i) {
    transport->send(get(server.url()), {});
  }
  EXPECT_EQ(server.connections(), 3u);
  EXPECT_TRUE(server.waitForScripts());  // each was closed
}

TEST(CurlTransport, TheLastReferenceClosesTheConnections) {
  RawServer server(answering(httpAnswer("200 OK")));
  auto transport = makeTransport();
  transport->send(get(server.url()), {});
  transport.reset();
  EXPECT_TRUE(server.waitForScripts());
}

TEST(CurlTransport, ManyThreadsShareOneTransport) {
  RawServer server([](RawConnection& connection) {
    while (const auto request = connection.readRequest()) {
      connection.send(httpAnswer("200 OK", request->target() + request->body));
    }
  });
  const auto transport = makeTransport();
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        EXPECT_EQ(transport->send(post(server.url(path), path), {}).body, path + path);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(server.requests().size(), 800u);
}

TEST(CurlTransport, OtherMethodsAreRefused) {
  RawServer server(answering(httpAnswer("200 OK")));
  for (const char* method : {"HEAD", "OPTIONS", "TRACE", "CONNECT", "delete", "DELETE /", ""}) {
    HttpRequest request = get(server.url());
    request.method = method;
    EXPECT_EQ(failureOf<TransportError>(*makeTransport(), request).outcome(), Outcome::not_sent)
        << method;
  }
  EXPECT_EQ(server.connections(), 0u);
}

TEST(CurlTransport, OtherSchemesAreRefused) {
  for (const char* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "x://y"}) {
    EXPECT_EQ(failureOf<TransportError>(*makeTransport(), get(url)).outcome(), Outcome::not_sent);
  }
}

TEST(CurlTransport, WhatCanBeNoProxyIsRefusedAtOnce) {
  for (const char* proxy : {"http://", "http://a b/", "http://host:99999", "://x", "ftp://host"}) {
    CurlOptions options;
    options.proxy = proxy;
    try {
      makeCurlTransport(options);
      ADD_FAILURE() << proxy;
    } catch (const InvalidArgumentError& error) {
      EXPECT_EQ(error.param(), "proxy");
    }
  }
}

TEST(CurlTransport, TlsOptionsThatMakeNoSenseAreRefusedAtOnce) {
  CurlOptions zero;
  zero.tls.ca_file = std::string("/a\0b", 4);
  EXPECT_THROW(makeCurlTransport(zero), InvalidArgumentError);
  CurlOptions key_alone;
  key_alone.tls.client_key_file = "/key.pem";
  EXPECT_THROW(makeCurlTransport(key_alone), InvalidArgumentError);
}

}  // namespace
}  // namespace heymilo
