// Recorded traffic contains no personal data, and can be replayed.

#include "heymilo/testing/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "heymilo/client.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/temporary_directory.hpp"
#include "support/transport_calls.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::post;
using Json = nlohmann::json;

MockServerOptions serverOptions() {
  MockServerOptions options;
  options.api_key = "sk-secret-9f3b2c71";
  options.workspace_id = "workspace-of-acme";
  options.unknown_property_rate = 1;
  options.clock = std::make_shared<ManualClock>();
  return options;
}

CandidateIngestRequest person(const std::string& name) {
  CandidateIngestRequest request{name + " Quillfeather", name + "@quillfeather.example"};
  request.phone_number = "+441632960961";
  request.metadata.emplace()["payroll of " + name] = "payroll-" + name;
  request.data = Json{{"home of " + name, {{"town", "Little Snoring"}, {"house", 77441}}},
                      {"heights", {1.8342, true, nullptr, "tall"}}};
  return request;
}

/// All texts of a document, including undocumented property names, and the numbers of free-form
/// values.
void collect(const Json& json, bool free, std::set<std::string>& texts) {
  for (const auto& [key, inner] : json.items()) {
    const bool inside =
        free || key == "metadata" || (key == "data" && inner.is_object()) || key == "source";
    if (free && json.is_object()) {
      texts.insert(key);
    }
    if (inner.is_string()) {
      const bool documented = !free && (key == "object" || key == "status");
      if (!documented) {
        texts.insert(inner.get<std::string>());
      }
    } else if (inner.is_number() && free) {
      texts.insert(inner.dump());
    } else if (inner.is_structured()) {
      collect(inner, inside, texts);
    }
  }
}

/// A short text is searched as a word, since it may be part of another: `en`, `is`, a number.
bool appears(const std::string& text, const std::string& in) {
  constexpr std::size_t kShort = 6;
  // Short texts, and numbers, occur in others by chance: 1.8342 in 1795388421.834212.
  const bool whole =
      text.size() < kShort || text.find_first_not_of("0123456789.-") == std::string::npos;
  const auto within = [&](std::size_t at) {
    return at < in.size() &&
           (in[at] == '_' || std::isalnum(static_cast<unsigned char>(in[at])) != 0);
  };
  for (std::size_t at = in.find(text); at != std::string::npos; at = in.find(text, at + 1)) {
    if (!whole || (!within(at - 1) && !within(at + text.size()))) {
      return true;
    }
  }
  return false;
}

class Recording : public ::testing::Test {
 protected:
  Recording() { server.addPosting("posting of acme", 150); }

  ClientOptions through(std::shared_ptr<Transport> transport) const {
    ClientOptions options = server.clientOptions();
    options.transport = std::move(transport);
    return options;
  }
  Client recorded() const {
    return Client(through(std::make_shared<Recorder>(server.transport(), file)));
  }
  std::string recording() const {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  const heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("recording.ndjson");
  MockServer server{serverOptions()};
};

template <class Call>
void ignoringErrors(const Call& call) {
  try {
    call();
  } catch (const Error&) {  // it is about what was recorded
  }
}

TEST_F(Recording, HasNothingOfAnybody) {
  std::set<std::string> texts{server.clientOptions().base_url,
                              "127.0.0.1",
                              "sk-secret-9f3b2c71",
                              "workspace-of-acme",
                              "posting of acme",
                              "posting%20of%20acme",
                              "no address of mine",
                              "Mumble",
                              "X-Trace",
                              "trace-of-caller",
                              "X-Answer",
                              "header-of-answer",
                              "other posting",
                              "other-key"};
  server.advance(MockServer::workflow_time / 2);
  {
    const Client client = recorded();
    RequestOptions request;
    request.headers.add("X-Trace", "trace-of-caller");
    for (const auto& candidate : client.listAllCandidates("posting of acme", {}, request)) {
      (void)candidate;
    }
    client.ingestCandidate("posting of acme", person("Ada"));
    client.ingestCandidatesBulk("posting of acme", {{person("Bob"), person("Eve")}});
    client.ingestCandidateAsync("posting of acme", person("Ivy"));
    client.ingestCandidatesBulkAsync("posting of acme", {{person("Una")}});
    // Errors quote their input.
    CandidateIngestRequest wrong = person("Zoe");
    wrong.email = "no address of mine";
    ignoringErrors([&] { client.ingestCandidate("posting of acme", wrong); });
    ignoringErrors([&] { client.listCandidates("other posting"); });
    server.respondNext({},
                       ScriptedResponse::answer(400,
                                                "<html>Mumble</html>",
                                                {{"X-Answer", "header-of-answer"},
                                                 {"Content-Type", "text/html; of=Mumble"}}));
    ignoringErrors([&] { client.listCandidates("posting of acme"); });
    server.respondNext({},
                       ScriptedResponse::error(400, "Mumble", "Mumble")
                           .withHeader("Retry-After", "Mumble")
                           .withHeader("Date", "Mumble"));
    ignoringErrors([&] { client.listCandidates("posting of acme"); });
    server.respondNext(
        {},
        ScriptedResponse::answer(
            400,
            R"({"error":{"type":"t","code":"c","message":"m","param":"body.Mumble","Mumble":[{"status":"Mumble"}]}})"));
    ignoringErrors([&] { client.listCandidates("posting of acme"); });
    server.respondNext({}, ScriptedResponse::disconnect());
    ignoringErrors([&] { client.ingestCandidate("posting of acme", person("Max")); });
  }
  for (const auto& seen : server.requests()) {
    if (!seen.body.empty()) {
      collect(Json::parse(seen.body), false, texts);
    }
    texts.insert(seen.request_id);
  }
  for (const char* name : {"Ada", "Bob", "Eve", "Ivy", "Una", "Zoe", "Max"}) {
    collect(Json(person(name)), false, texts);
  }
  server.advance(std::chrono::hours{1});
  collect(server.candidates("posting of acme"), false, texts);
  texts.erase("");

  const std::string written = recording();
  EXPECT_GT(texts.size(), 1000u);
  EXPECT_GT(written.size(), 50'000u);
  for (const std::string& text : texts) {
    const bool any_number =
        text.size() < 4 && text.find_first_not_of("0123456789") == std::string::npos;
    EXPECT_TRUE(any_number || !appears(text, written)) << text;
  }
  EXPECT_TRUE(appears("id-1", written));
  EXPECT_TRUE(appears("listCandidates", written));
}

/// A program's output for a posting: replaying must give the same, except for made-up texts.
struct Story {
  std::vector<std::string> statuses;
  std::vector<double> scores;
  std::vector<std::string> ids;
  std::string ingested_name;
  std::string ingested_value;
  std::string refusal;

  explicit Story(const Client& client) {
    for (const auto& candidate : client.listAllCandidates("posting of acme")) {
      statuses.emplace_back(candidate.status.text());
      scores.push_back(candidate.score.value_or(-1));
      ids.push_back(candidate.interview_id);
    }
    const auto answer = client.ingestCandidate("posting of acme", person("Ada"));
    ingested_name = answer.data.candidate->name;
    ingested_value = answer.data.candidate->metadata->at("payroll of Ada");
    const auto bulk =
        client.ingestCandidatesBulk("posting of acme", {{person("Bob"), person("Eve")}});
    ingested_value += bulk.data.at(1).metadata->at("payroll of Eve");
    CandidateIngestRequest wrong = person("Zoe");
    wrong.email = "no address of mine";
    try {
      client.ingestCandidate("posting of acme", wrong);
    } catch (const UnprocessableEntityError& error) {
      refusal = error.error().param.value_or("");
    }
  }
};

TEST_F(Recording, ReplaysAWalkAndIngestions) {
  server.advance(MockServer::workflow_time / 2);
  const Story original(recorded());
  const auto replayer = std::make_shared<Replayer>(file);
  EXPECT_EQ(replayer->left(), 5u);
  const Story replayed{Client(through(replayer))};
  EXPECT_EQ(replayer->left(), 0u);
  EXPECT_EQ(replayed.statuses, original.statuses);
  EXPECT_EQ(replayed.scores, original.scores);
  EXPECT_EQ(std::set<std::string>(replayed.ids.begin(), replayed.ids.end()).size(), 150u);
  EXPECT_NE(replayed.ids, original.ids);
  // The sent values are in the response.
  EXPECT_EQ(replayed.ingested_name, "Ada Quillfeather");
  EXPECT_EQ(replayed.ingested_value, original.ingested_value);
  EXPECT_EQ(replayed.refusal, original.refusal);
  EXPECT_EQ(replayed.refusal, "body.email");
}

TEST_F(Recording, RefusesWhatWasNotRecorded) {
  recorded().ingestCandidate("posting of acme", person("Ada"));
  const auto replayer = std::make_shared<Replayer>(file);
  const Client client(through(replayer));
  EXPECT_THROW(client.listCandidates("posting of acme"), std::logic_error);
  EXPECT_THROW(client.ingestCandidateAsync("posting of acme", person("Ada")), std::logic_error);
  EXPECT_THROW(client.ingestCandidate("posting of acme", {"Ada", "ada@example.com"}),
               std::logic_error);  // of another shape
  EXPECT_EQ(replayer->left(), 1u);
  // Another person, of the same shape: the response contains their values.
  const auto answer = client.ingestCandidate("posting of acme", person("Bob"));
  EXPECT_EQ(answer.data.candidate->name, "Bob Quillfeather");
  EXPECT_EQ(answer.data.candidate->data, person("Bob").data);
  EXPECT_THROW(client.ingestCandidate("posting of acme", person("Bob")), std::logic_error);
}

TEST_F(Recording, HoldsThatTheSameTextIsTheSameOne) {
  {
    const Client client = recorded();
    client.ingestCandidate("posting of acme", person("Ada"));
    client.ingestCandidate("posting of acme", person("Ada"));
  }
  const Client client(through(std::make_shared<Replayer>(file)));
  client.ingestCandidate("posting of acme", person("Bob"));
  EXPECT_THROW(client.ingestCandidate("posting of acme", person("Eve")), std::logic_error);
  client.ingestCandidate("posting of acme", person("Bob"));
}

TEST_F(Recording, SendsOnlyWhatMayBeSent) {
  const std::string url = server.clientOptions().base_url + "/api/v2/postings/p/candidates";
  const auto real =
      std::make_shared<FakeTransport>(std::vector{ScriptedResponse::answer(200, "{}")});
  Recorder recorder(real, file);
  HttpRequest request = post(url, "{}");
  recorder.send(request, {});
  request.may_send = [] { return false; };
  EXPECT_EQ(failureOf<TransportError>(recorder, request).outcome(), Outcome::not_sent);
  EXPECT_EQ(real->requests().size(), 1u);
  Replayer replayer(file);
  EXPECT_EQ(failureOf<TransportError>(replayer, request).outcome(), Outcome::not_sent);
  EXPECT_EQ(replayer.left(), 2u);
}

TEST_F(Recording, RepeatsFailures) {
  const std::string url = server.clientOptions().base_url + "/api/v2/postings/p/candidates";
  const auto failing = std::make_shared<FakeTransport>(
      std::vector{ScriptedResponse::interrupt(),
                  ScriptedResponse::disconnect(),
                  ScriptedResponse::answer(200).delayedBy(std::chrono::hours{1}),
                  ScriptedResponse::answer(200, "0123456789")},
      std::make_shared<ManualClock>());
  Recorder recorder(failing, file);
  HttpRequest request = post(url, "{}");
  const auto four = [&](Transport& transport) {
    request.max_response_bytes = 5;
    EXPECT_EQ(failureOf<ConnectionError>(transport, request).outcome(), Outcome::not_sent);
    EXPECT_EQ(failureOf<ConnectionError>(transport, request).outcome(), Outcome::unknown);
    failureOf<TimeoutError>(transport, request);
    failureOf<TransportError>(transport, request);
  };
  four(recorder);
  Replayer replayer(file);
  four(replayer);
}

TEST_F(Recording, SaysWhenAFileCantBeUsed) {
  EXPECT_THROW(Recorder(server.transport(), directory.file("no/such/folder")), std::runtime_error);
  EXPECT_THROW(Replayer(directory.file("none")), std::runtime_error);
  std::ofstream(file) << "{}\n";
  EXPECT_THROW(Replayer{file}, std::runtime_error);
  std::ofstream(file) << "{\"heymilo_recording\":1}\n{\"request\":\n";
  EXPECT_THROW(Replayer{file}, std::runtime_error);
}

}  // namespace
}  // namespace heymilo::testing
