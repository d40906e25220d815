#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <typeinfo>
#include <utility>

#include "heymilo/client.hpp"
#include "support/raw_server.hpp"

/// Calls of a client whose server sends any response that a test chooses, and their results.
namespace heymilo_test {

inline std::string repeated(std::size_t times, const std::string& text) {
  std::string all;
  all.reserve(times * text.size());
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

/// How a call ended.
struct Ending {
  std::string type = "none";  ///< of the error; "none" where there was none
  heymilo::Outcome outcome = heymilo::Outcome::unknown;
  std::string path{};  ///< of a DecodeError
  int status = 0;      ///< of a StatusError
  std::string what{};
  heymilo::APIError error{};  ///< of a StatusError
  std::chrono::milliseconds elapsed{0};
};

inline const char* typeOf(const heymilo::Error& error) {
  using namespace heymilo;
  const std::pair<const std::type_info&, const char*> types[] = {
      {typeid(TransportError), "TransportError"},
      {typeid(ConnectionError), "ConnectionError"},
      {typeid(TimeoutError), "TimeoutError"},
      {typeid(DecodeError), "DecodeError"},
      {typeid(StatusError), "StatusError"},
      {typeid(BadRequestError), "BadRequestError"},
      {typeid(UnprocessableEntityError), "UnprocessableEntityError"},
      {typeid(RateLimitError), "RateLimitError"},
      {typeid(ServerError), "ServerError"}};
  for (const auto& [type, name] : types) {
    if (type == typeid(error)) {
      return name;
    }
  }
  return "another error";
}

template <class Call>
Ending endingOf(const Call& call) {
  Ending ending;
  const auto start = std::chrono::steady_clock::now();
  try {
    call();
  } catch (const heymilo::Error& error) {
    ending.type = typeOf(error);
    ending.outcome = error.outcome();
    ending.what = error.what();
    if (const auto* decode = dynamic_cast<const heymilo::DecodeError*>(&error)) {
      ending.path = decode->path();
    }
    if (const auto* status = dynamic_cast<const heymilo::StatusError*>(&error)) {
      ending.status = status->status();
      ending.error = status->error();
    }
  }
  ending.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  return ending;
}

/// Options for a client of `server`. A read is tried once; a write as often as the library decides.
inline heymilo::ClientOptions optionsFor(const RawServer& server) {
  heymilo::ClientOptions options;
  options.api_key = "key-of-the-test";
  options.base_url = server.url("");
  options.rate_limit.reset();
  options.proxy = "";
  options.timeout = std::chrono::seconds{60};
  options.retry.initial_backoff = std::chrono::milliseconds{1};
  return options;
}

inline Ending endingOfRead(const heymilo::Client& client) {
  heymilo::RequestOptions once;
  once.max_retries = 0;
  return endingOf([&] { client.listCandidates("posting", {}, once); });
}

inline Ending endingOfWrite(const heymilo::Client& client) {
  return endingOf([&] { client.ingestCandidate("posting", {"Ada Example", "ada@example.com"}); });
}

/// For any response: what() is one short line, and quotes nothing of it.
inline void expectFitForALog(const std::string& what) {
  EXPECT_LT(what.size(), 1500u);
  for (const char c : what) {
    const auto byte = static_cast<unsigned char>(c);
    EXPECT_TRUE(byte >= 0x20 && byte != 0x7f) << static_cast<int>(byte);
  }
  EXPECT_THAT(what, ::testing::Not(::testing::HasSubstr("key-of-the-test")));
}

/// One call of each kind to a server that sends `bytes` as a response and closes. The server must
/// have received one request each.
template <class Check>
void forReadAndWrite(const std::string& bytes, const Check& check) {
  for (const bool write : {false, true}) {
    SCOPED_TRACE(write ? "ingestCandidate" : "listCandidates");
    RawServer server([&](RawConnection& connection) {
      if (connection.readRequest()) {
        connection.send(bytes);
      }
    });
    const heymilo::Client client(optionsFor(server));
    const Ending ending = write ? endingOfWrite(client) : endingOfRead(client);
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(server.connections(), 1u);
    EXPECT_LT(ending.elapsed, std::chrono::seconds{30});
    expectFitForALog(ending.what);
    check(ending, write);
  }
}

}  // namespace heymilo_test
