#include "curl/response_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace heymilo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Refusal = ResponseReader::Refusal;

/// Header lines without their CRLF.
ResponseReader readerOf(std::initializer_list<std::string> lines, std::size_t max_body = 0) {
  ResponseReader reader(max_body);
  for (const std::string& line : lines) {
    EXPECT_TRUE(reader.readHeader(line + "\r\n"));
  }
  return reader;
}

TEST(ResponseReader, PutsAnAnswerTogether) {
  ResponseReader reader =
      readerOf({"HTTP/1.1 404 Not Found", "A: 1", "B:2", "A:\t 3 \t", "C:", ""});
  EXPECT_TRUE(reader.headersComplete());
  EXPECT_TRUE(reader.readBody("one "));
  EXPECT_TRUE(reader.readBody("two"));
  const HttpResponse response = reader.take();
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.headers,
              ElementsAre(Pair("A", "1"), Pair("B", "2"), Pair("A", "3"), Pair("C", "")));
  EXPECT_EQ(response.body, "one two");
}

TEST(ResponseReader, KnowsHowFarItIs) {
  ResponseReader reader(0);
  EXPECT_FALSE(reader.begun());
  reader.readHeader("HTTP/1.1 103 Early Hints\r\n");
  EXPECT_TRUE(reader.begun());
  reader.readHeader("\r\n");
  EXPECT_FALSE(reader.headersComplete());
  reader.readHeader("HTTP/2 200 \r\n");
  EXPECT_FALSE(reader.headersComplete());
  reader.readHeader("\r\n");
  EXPECT_TRUE(reader.headersComplete());
  EXPECT_EQ(reader.take().status, 200);
}

TEST(ResponseReader, InterimAnswersAndTrailersAreLeftOut) {
  ResponseReader reader = readerOf({"HTTP/1.1 100 Continue",
                                    "A: interim",
                                    "",
                                    "HTTP/1.1 200 OK",
                                    "B: final",
                                    "",
                                    "C: trailer",
                                    "HTTP/1.1 500 trailer",
                                    ""});
  const HttpResponse response = reader.take();
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.headers, ElementsAre(Pair("B", "final")));
}

TEST(ResponseReader, ALineThatGoesOnIsOneValue) {
  ResponseReader reader =
      readerOf({"HTTP/1.1 200 OK", " stray", "A: one", " two", "\t three", "B: x", ""});
  EXPECT_THAT(reader.take().headers, ElementsAre(Pair("A", "one two three"), Pair("B", "x")));
}

TEST(ResponseReader, WhatIsNoFieldIsLeftOutAndControlCharactersAreSpaces) {
  ResponseReader reader = readerOf({"HTTP/1.1 200 OK",
                                    "no colon",
                                    ": no name",
                                    "a b: space",
                                    "A : space",
                                    "ok: a\x01"
                                    "b\x7f"
                                    "c\td\re",
                                    ""});
  EXPECT_THAT(reader.take().headers, ElementsAre(Pair("ok", "a b c\td e")));
}

TEST(ResponseReader, ALineFeedWithinAFieldBeginsNoOther) {
  ResponseReader reader =
      readerOf({"HTTP/1.1 200 OK", "A: 1\nX-Other: 2", "B\nX-Other: 3", "C: 4", " 5\nD: 6", ""});
  EXPECT_THAT(reader.take().headers, ElementsAre(Pair("A", "1 X-Other: 2"), Pair("C", "4 5 D: 6")));
}

TEST(ResponseReader, OnlyTheFirstLineHasTheStatus) {
  ResponseReader reader = readerOf({"HTTP/1.1 200 OK", "A: b", "HTTP/1.1 500 Oops", "C: d", ""});
  const HttpResponse response = reader.take();
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.headers, ElementsAre(Pair("A", "b"), Pair("C", "d")));
}

TEST(ResponseReader, AStatusLineMayBeShort) {
  EXPECT_EQ(readerOf({"HTTP/1.1 204", ""}).take().status, 204);
  EXPECT_EQ(readerOf({"HTTP/1.1", ""}).take().status, 0);
  EXPECT_EQ(readerOf({"HTTP/1.1  200 OK", ""}).take().status, 200);
  EXPECT_FALSE(readerOf({"HTTP/1.1 x", ""}).headersComplete());
}

TEST(ResponseReader, ABodyMayBeAsLongAsTheLimit) {
  ResponseReader reader = readerOf({"HTTP/1.1 200 OK", ""}, 10);
  EXPECT_TRUE(reader.readBody("12345"));
  EXPECT_TRUE(reader.readBody("67890"));
  EXPECT_TRUE(reader.readBody(""));
  EXPECT_EQ(reader.refusal(), Refusal::none);
  EXPECT_FALSE(reader.readBody("x"));
  EXPECT_EQ(reader.refusal(), Refusal::body_too_large);
}

TEST(ResponseReader, NoLimitIsNone) {
  ResponseReader reader = readerOf({"HTTP/1.1 200 OK", ""});
  EXPECT_TRUE(reader.readBody(std::string(1'000'000, 'x')));
  EXPECT_EQ(reader.take().body.size(), 1'000'000u);
}

TEST(ResponseReader, AnAnnouncedLengthIsReservedWithinReason) {
  const auto reserved = [](const std::string& length) {
    return readerOf({"HTTP/1.1 200 OK", "content-length: " + length, ""}).take().body.capacity();
  };
  EXPECT_GE(reserved("100000"), 100'000u);
  EXPECT_LT(reserved("100000"), 200'000u);
  EXPECT_LT(reserved("9223372036854775807"), 100u << 20);
}

TEST(ResponseReader, ALengthThatIsNoneIsRefused) {
  for (const char* length : {"18446744073709551615", "many", "-5", "5x", "", "5, 5"}) {
    ResponseReader reader(0);
    reader.readHeader("HTTP/1.1 200 OK\r\n");
    reader.readHeader("Content-Length: " + std::string(length) + "\r\n");
    EXPECT_FALSE(reader.readHeader("\r\n")) << length;
    EXPECT_EQ(reader.refusal(), Refusal::no_such_length) << length;
  }
  for (const char* second : {"5", "6"}) {
    ResponseReader reader(0);
    reader.readHeader("HTTP/1.1 200 OK\r\n");
    reader.readHeader("Content-Length: 5\r\n");
    reader.readHeader("content-length: " + std::string(second) + "\r\n");
    EXPECT_EQ(reader.readHeader("\r\n"), *second == '5') << second;
  }
}

TEST(ResponseReader, OfARefusalAsMuchOfTheBodyIsEnoughAsMayBe) {
  for (const auto& [status, enough] : {std::pair{"422 Bad", true}, std::pair{"200 OK", false}}) {
    ResponseReader reader = readerOf({"HTTP/1.1 " + std::string(status), ""}, 10);
    EXPECT_FALSE(reader.enough());
    EXPECT_TRUE(reader.readBody("12345"));
    EXPECT_FALSE(reader.readBody("678901"));
    EXPECT_EQ(reader.enough(), enough);
    EXPECT_EQ(reader.take().body, "12345");
  }
}

TEST(ResponseReader, AnAnnouncedLengthBeyondTheLimitIsRefusedAtOnce) {
  const auto refusal = [](const std::string& status, const std::string& more, const char* length) {
    ResponseReader reader(10);
    reader.readHeader("HTTP/1.1 " + status + "\r\n");
    reader.readHeader("Content-Length: " + std::string(length) + "\r\n");
    reader.readHeader(more + "\r\n");
    reader.readHeader("\r\n");
    return reader.refusal();
  };
  EXPECT_EQ(refusal("200 OK", "A: b", "11"), Refusal::body_too_large);
  EXPECT_EQ(refusal("500 Oops", "A: b", "11"), Refusal::body_too_large);
  EXPECT_EQ(refusal("200 OK", "A: b", "10"), Refusal::none);
  EXPECT_EQ(refusal("200 OK", "content-encoding: gzip", "11"), Refusal::none);
  EXPECT_EQ(refusal("304 Not Modified", "A: b", "11"), Refusal::none);
  EXPECT_EQ(refusal("204 No Content", "A: b", "11"), Refusal::none);
}

TEST(ResponseReader, HeadersHaveALimitAllTogether) {
  const std::string line = "A: " + std::string(1019, 'x') + "\r\n";  // 1 KiB
  for (const std::string start : {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n"}) {
    ResponseReader reader(0);
    reader.readHeader(start);
    int lines = 0;
    while (reader.readHeader(line)) {
      ++lines;
      reader.readHeader("\r\n");  // the following is a trailer, or between two interim responses
    }
    EXPECT_EQ(reader.refusal(), Refusal::headers_too_large);
    EXPECT_GT(lines, 250);
    EXPECT_LT(lines, 256);
  }
}

}  // namespace
}  // namespace heymilo
