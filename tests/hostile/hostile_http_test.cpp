// Responses that are broken or malicious as HTTP, to a client on real sockets. Bodies are tested in
// hostile_json_test, memory in hostile_memory_test.

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

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";
/// Valid for both operations.
const std::string kGood = R"({"data":[],"pagination":{"has_more":false}})";

struct HttpRow {
  const char* name;
  std::string bytes;
  const char* type;
  Outcome outcome;
  int status = 0;
};

void expectEachAnswer(const std::vector<HttpRow>& rows) {
  for (const HttpRow& row : rows) {
    SCOPED_TRACE(row.name);
    forReadAndWrite(row.bytes, [&](const Ending& ending, bool) {
      EXPECT_EQ(ending.type, row.type) << ending.what;
      EXPECT_EQ(toString(ending.outcome), toString(row.outcome));
      EXPECT_EQ(ending.status, row.status);
      EXPECT_EQ(ending.path, "");
    });
  }
}

TEST(HostileHttp, AnAnswerThatIsNotHttp) {
  expectEachAnswer({
      {"HTTP/0.9", "<html>welcome</html>", "TransportError", Outcome::unknown},
      {"JSON alone", kGood, "TransportError", Outcome::unknown},
      {"garbage status line", "HTTP/1.1 garbage\r\n\r\n", "TransportError", Outcome::unknown},
      {"no status", "HTTP/1.1\r\n\r\n", "TransportError", Outcome::unknown},
      {"status 1000", "HTTP/1.1 1000 Big\r\n\r\n" + kGood, "TransportError", Outcome::unknown},
      {"status 20", "HTTP/1.1 20 Small\r\n\r\n" + kGood, "TransportError", Outcome::unknown},
      {"status -200", "HTTP/1.1 -200 Less\r\n\r\n" + kGood, "TransportError", Outcome::unknown},
      {"nothing", "", "ConnectionError", Outcome::unknown},
      {"half a head", kOk + "X: y\r\n", "ConnectionError", Outcome::unknown},
  });
}

TEST(HostileHttp, ALengthThatIsWrong) {
  const std::string shorter = kOk + "Content-Length: 1000\r\n\r\n" + kGood;
  expectEachAnswer({
      {"body too short", shorter, "ConnectionError", Outcome::unknown},
      {"negative", kOk + "Content-Length: -5\r\n\r\n" + kGood, "TransportError", Outcome::unknown},
      {"beyond 64 bits",
       kOk + "Content-Length: 99999999999999999999999\r\n\r\n" + kGood,
       "TransportError",
       Outcome::unknown},
      {"64 bits",
       kOk + "Content-Length: 18446744073709551615\r\n\r\n" + kGood,
       "TransportError",
       Outcome::unknown},
      {"two that differ",
       kOk + "Content-Length: 5\r\nContent-Length: 43\r\n\r\n" + kGood,
       "TransportError",
       Outcome::unknown},
      {"two that differ, the other way round",
       kOk + "Content-Length: 43\r\nContent-Length: 5\r\n\r\n" + kGood,
       "TransportError",
       Outcome::unknown},
      {"no number",
       kOk + "Content-Length: 43x\r\n\r\n" + kGood,
       "TransportError",
       Outcome::unknown},
  });
}

TEST(HostileHttp, ABodyLongerThanItsLengthIsCut) {
  forReadAndWrite(kOk + "Content-Length: 8\r\n\r\n" + kGood, [](const Ending& ending, bool) {
    EXPECT_EQ(ending.type, "DecodeError");
    EXPECT_EQ(ending.outcome, Outcome::applied);
    EXPECT_EQ(ending.path, "/data");
  });
}

TEST(HostileHttp, ChunksThatDoNotFit) {
  expectEachAnswer({
      {"no size", kChunked + "xyz\r\n" + kGood, "ConnectionError", Outcome::unknown},
      {"size beyond 64 bits",
       kChunked + "fffffffffffffffffff\r\n" + kGood,
       "ConnectionError",
       Outcome::unknown},
      {"no end", kChunked + "2b\r\n" + kGood + "\r\n", "ConnectionError", Outcome::unknown},
      {"end within the chunk", kChunked + "ff\r\n" + kGood, "ConnectionError", Outcome::unknown},
      {"no line end after the chunk",
       kChunked + "2\r\n" + kGood + "\r\n0\r\n\r\n",
       "ConnectionError",
       Outcome::unknown},
      {"end within an endless extension",
       kChunked + "2b;" + std::string(2'000'000, 'x'),
       "ConnectionError",
       Outcome::unknown},
  });
}

TEST(HostileHttp, TransferEncodingGoesBeforeContentLength) {
  const std::string bytes = kOk + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2b\r\n" +
                            kGood + "\r\n0\r\n\r\n";
  forReadAndWrite(bytes, [](const Ending& ending, bool write) {
    EXPECT_EQ(ending.type, write ? "DecodeError" : "none") << ending.what;
    EXPECT_EQ(ending.path, write ? "/data" : "");  // a list is not a receipt
  });
}

TEST(HostileHttp, InterimAnswersAreNone) {
  for (const std::string before :
       {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"}) {
    forReadAndWrite(before + before + httpAnswer("200 OK", kGood),
                    [](const Ending& ending, bool w) {
                      EXPECT_EQ(ending.type, w ? "DecodeError" : "none") << ending.what;
                    });
  }
  std::string endless;
  for (int i = 0; i < 20'000; ++i) {
    endless += "HTTP/1.1 103 Early Hints\r\n\r\n";
  }
  expectEachAnswer({
      {"100 alone", "HTTP/1.1 100 Continue\r\n\r\n", "ConnectionError", Outcome::unknown},
      {"endless", endless, "TransportError", Outcome::unknown},
      {"101",
       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + kGood,
       "ConnectionError",
       Outcome::unknown},
  });
}

TEST(HostileHttp, StatusesThatCarryNoPage) {
  expectEachAnswer({
      {"204", "HTTP/1.1 204 No Content\r\n\r\n", "DecodeError", Outcome::applied},
      {"304", "HTTP/1.1 304 Not Modified\r\n\r\n", "StatusError", Outcome::unknown, 304},
      {"300", httpAnswer("300 Multiple Choices", kGood), "StatusError", Outcome::unknown, 300},
      {"200 with HTML",
       httpAnswer("200 OK", "<!doctype html><p>Hello"),
       "DecodeError",
       Outcome::applied},
      {"999", httpAnswer("999 Denied", "no"), "StatusError", Outcome::unknown, 999},
  });
}

TEST(HostileHttp, StatusesBelow100AreNoAnswer) {
  for (const char* status : {"000", "099"}) {
    SCOPED_TRACE(status);
    forReadAndWrite(httpAnswer(std::string(status) + " X", kGood), [](const Ending& ending, bool) {
      EXPECT_TRUE(ending.type == "TransportError" || ending.type == "ConnectionError")
          << ending.type << ending.what;
      EXPECT_EQ(ending.outcome, Outcome::unknown);
    });
  }
}

TEST(HostileHttp, ARedirectIsNotFollowed) {
  RawServer elsewhere([](RawConnection& connection) { connection.readToEnd(); });
  for (const char* status : {"301", "302", "303", "307", "308"}) {
    SCOPED_TRACE(status);
    const std::string answer =
        httpAnswer(std::string(status) + " Moved", "", "Location: " + elsewhere.url("/x") + "\r\n");
    forReadAndWrite(answer, [&](const Ending& ending, bool) {
      EXPECT_EQ(ending.type, "StatusError");
      EXPECT_EQ(std::to_string(ending.status), status);
      EXPECT_EQ(ending.outcome, Outcome::unknown);
      EXPECT_FALSE(ending.error.message.empty());
    });
  }
  EXPECT_EQ(elsewhere.connections(), 0u);
}

TEST(HostileHttp, EncodingsThatAreWrong) {
  const auto encoded = [](const std::string& encoding, const std::string& body) {
    return httpAnswer("200 OK", body, "Content-Encoding: " + encoding + "\r\n");
  };
  expectEachAnswer({
      {"not gzip", encoded("gzip", kGood), "TransportError", Outcome::unknown},
      {"not deflate", encoded("deflate", kGood), "TransportError", Outcome::unknown},
      {"unknown", encoded("zork", kGood), "TransportError", Outcome::unknown},
      {"too many",
       encoded("gzip, gzip, gzip, gzip, gzip, gzip, gzip", kGood),
       "TransportError",
       Outcome::unknown},
  });
}

}  // namespace
}  // namespace heymilo
