#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "heymilo/heymilo.hpp"
#include "heymilo/testing/mock_server.hpp"

// A value that can be recognised is put into every credential, header, field and id, and every way
// out of the library is searched for it: the texts of errors, events, standard output and error.

namespace heymilo {
namespace {

using heymilo::testing::MockServer;
using heymilo::testing::ScriptedResponse;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kCanary = "canary7f3a";

/// What a server quotes that was sent a list request: credentials, header fields, the posting.
const std::string kOfEveryRequest =
    "key-canary7f3a Bearer tok-canary7f3a ws-canary7f3a trace-canary7f3a post-canary7f3a";

/// And what it quotes of the candidate that it was sent.
const std::string kOfAWrite =
    kOfEveryRequest +
    " Zoë canary7f3a zoe-canary7f3a@example.com +1415canary7f3a mk-canary7f3a mv-canary7f3a "
    "dk-canary7f3a dv-canary7f3a";

std::string describe(const Event& event) {
  std::ostringstream text;
  text << event.operation << ' ' << event.method << ' ' << event.route << ' ' << event.request_id
       << ' ' << event.status << ' ' << event.bytes_sent << ' ' << event.bytes_received;
  return text.str();
}

class Secrets : public ::testing::Test {
 protected:
  Secrets() {
    heymilo::testing::MockServerOptions server_options;
    server_options.api_key = "key-" + kCanary;
    server = std::make_unique<MockServer>(server_options);
    server->addPosting(posting, 120);
    options.api_key = "key-" + kCanary;
    options.authorization = "Bearer tok-" + kCanary;
    options.workspace_id = "ws-" + kCanary;
    options.base_url = server->url();
    options.retry.initial_backoff = std::chrono::milliseconds{1};
    options.retry.max_retries = 1;
    options.on_event = [this](const Event& event) {
      const std::lock_guard<std::mutex> guard(mutex);
      said.push_back(describe(event));
    };
    request_options.headers.add("X-Trace", "trace-" + kCanary);
    person.name = "Zoë " + kCanary;
    person.email = "zoe-" + kCanary + "@example.com";
    person.metadata.emplace()["mk-" + kCanary] = "mv-" + kCanary;
    person.data = nlohmann::json{{"dk-" + kCanary, {"dv-" + kCanary}}};
    params.starting_after = "cursor-" + kCanary;
  }

  /// Runs every operation, and takes down what is thrown.
  void everyOperation(const Client& client) {
    const std::vector<std::function<void()>> calls = {
        [&] { client.listCandidates(posting, {}, request_options); },
        [&] { client.listCandidates(posting, params, request_options); },
        [&] { client.ingestCandidate(posting, person, request_options); },
        [&] {
          client.ingestCandidatesBulk(posting, {{person, person}}, request_options);
        },
        [&] { client.ingestCandidateAsync(posting, person, request_options); },
        [&] { client.ingestCandidatesBulkAsync(posting, {{person}}, request_options); },
        [&] {
          for ([[maybe_unused]] const auto& candidate :
               client.listAllCandidates(posting, {}, request_options)) {
          }
        }};
    for (const auto& call : calls) {
      try {
        call();
        ++succeeded;
      } catch (const Error& error) {
        said.emplace_back(error.what());
        ++thrown;
      }
    }
  }

  void expectNothingSaid() {
    for (const std::string& text : said) {
      EXPECT_THAT(text, Not(HasSubstr(kCanary)));
    }
    EXPECT_FALSE(said.empty());
  }

  const std::string posting = "post-" + kCanary;
  std::unique_ptr<MockServer> server;
  ClientOptions options;
  RequestOptions request_options;
  ListCandidatesParams params;
  CandidateIngestRequest person;
  std::mutex mutex;
  std::vector<std::string> said;
  int succeeded = 0;
  int thrown = 0;
};

TEST_F(Secrets, AreNotToldWhereCallsSucceedAndWhereTheApiRefuses) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const Client client(options);
  everyOperation(client);
  EXPECT_EQ(succeeded, 6);  // the cursor is no candidate's
  person.phone_number = "+1415" + kCanary;
  everyOperation(client);
  options.api_key = "wrong-" + kCanary;
  options.authorization.reset();
  everyOperation(Client(options));
  EXPECT_GE(thrown, 12);
  said.push_back(::testing::internal::GetCapturedStdout());
  said.push_back(::testing::internal::GetCapturedStderr());
  expectNothingSaid();
}

TEST_F(Secrets, AreNotToldWhereTheServerQuotesThem) {
  person.phone_number = "+1415" + kCanary;
  using MakeBody = std::function<std::string(const std::string&)>;
  const auto answerAll = [&](int status, const MakeBody& body) {
    server->respondNext("listCandidates",
                        ScriptedResponse::answer(status, body(kOfEveryRequest))
                            .withHeader("X-Request-Id", kOfEveryRequest)
                            .times(14));
    for (const char* operation : {"ingestCandidate",
                                  "ingestCandidatesBulk",
                                  "ingestCandidateAsync",
                                  "ingestCandidatesBulkAsync"}) {
      server->respondNext(operation,
                          ScriptedResponse::answer(status, body(kOfAWrite))
                              .withHeader("X-Request-Id", kOfEveryRequest)
                              .times(14));
    }
    everyOperation(Client(options));
    server->clearResponses();
  };
  const MakeBody envelope = [](const std::string& quoted) {
    return nlohmann::json{
        {"error", {{"type", quoted}, {"code", quoted}, {"message", quoted}, {"param", quoted}}}}
        .dump();
  };
  const MakeBody validation = [](const std::string& quoted) {
    return nlohmann::json{
        {"detail", {{{"loc", {"body", quoted}}, {"msg", quoted}, {"type", quoted}}}}}
        .dump();
  };
  for (const int status : {302, 400, 401, 403, 404, 418, 422, 429, 500, 503}) {
    answerAll(status, envelope);
    answerAll(status, validation);
  }
  answerAll(200, [](const std::string& quoted) {
    return nlohmann::json{{"data", {{{"interview_id", quoted}, {"metadata", {{quoted, 1}}}}}},
                          {quoted, quoted}}
        .dump();
  });
  answerAll(200, [](const std::string& quoted) { return quoted; });
  answerAll(200, [](const std::string& quoted) { return '"' + quoted; });
  answerAll(200, [](const std::string& quoted) { return "{\"" + quoted + "\":"; });
  EXPECT_EQ(succeeded, 0);
  expectNothingSaid();
}

TEST_F(Secrets, AreNotToldWhereTheConnectionFails) {
  for (const auto& fault :
       {ScriptedResponse::disconnect(),
        ScriptedResponse::raw("HTTP/1.1 " + kOfAWrite + "\r\n\r\n"),
        ScriptedResponse::raw(kOfAWrite),
        ScriptedResponse::asUsual().cutAfter(60),
        ScriptedResponse::asUsual().delayedBy(std::chrono::milliseconds{400})}) {
    server->respondNext("", ScriptedResponse(fault).times(14));
    options.timeout = std::chrono::milliseconds{100};
    everyOperation(Client(options));
    server->clearResponses();
  }
  EXPECT_GE(thrown, 30);
  server.reset();  // and then nobody listens
  everyOperation(Client(options));
  expectNothingSaid();
}

TEST_F(Secrets, AreNotToldWhereTheLibraryRefuses) {
  const std::vector<std::function<void()>> calls = {
      [&] {
        options.api_key = "key-" + kCanary + "\n";
        Client refused(options);
      },
      [&] {
        options.api_key = "k";
        options.authorization = "Bearer " + kCanary + "\r\nX: y";
        Client refused(options);
      },
      [&] {
        options.authorization.reset();
        options.base_url = "https://" + kCanary + ":" + kCanary + "@api.example";
        Client refused(options);
      },
      [&] { request_options.headers.add("X-A", kCanary + "\n"); },
      [&] {
        options.base_url = server->url();
        person.metadata.emplace()["mk-" + kCanary] = std::string(501, 'x') + kCanary;
        Client(options).ingestCandidate(posting, person);
      },
      [&] {
        person.metadata.reset();
        person.data = nlohmann::json{{"dk-" + kCanary, "\xff" + kCanary}};
        Client(options).ingestCandidate(posting, person);
      },
      [&] { parseTimestamp("2026-" + kCanary); },
      [&] {
        nlohmann::json{{"name", "n"}, {"email", "e"}, {"metadata", {{kCanary, 1}}}}
            .get<CandidateIngestRequest>();
      }};
  for (const auto& call : calls) {
    try {
      call();
      FAIL() << "nothing was thrown";
    } catch (const Error& error) {
      said.emplace_back(error.what());
    }
  }
  expectNothingSaid();
}

}  // namespace
}  // namespace heymilo
