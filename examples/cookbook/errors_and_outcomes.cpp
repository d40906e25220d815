#include <chrono>
#include <optional>
#include <string>

#include "recipe.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using ErrorsAndOutcomes = Recipe;

// [look]
/// The interview of the person with this mark, if it is in the posting.
std::optional<std::string> lookFor(const heymilo::Client& client, const std::string& our_id) {
  // The whole posting: a time window would depend on this machine's clock.
  for (const auto& candidate : client.listAllCandidates("posting-id")) {
    if (candidate.metadata && candidate.metadata->count("our_id") != 0 &&
        candidate.metadata->at("our_id") == our_id) {
      return candidate.interview_id;
    }
  }
  return std::nullopt;
}
// [/look]

// [write]
/// The person's interview; empty if they were not ingested and can be sent again.
std::optional<std::string> ingestOne(const heymilo::Client& client,
                                     heymilo::CandidateIngestRequest person,
                                     const std::string& our_id) {
  person.metadata.emplace()["our_id"] = our_id;
  try {
    return client.ingestCandidate("posting-id", person).data.interview_id;
  } catch (const heymilo::Error& error) {
    switch (error.outcome()) {
      case heymilo::Outcome::not_sent:  // the server never had it
        return std::nullopt;
      case heymilo::Outcome::rejected:  // it did nothing: sent again as it is, it fails again
        throw;
      case heymilo::Outcome::unknown:  // it may have been carried out: never blindly again
      case heymilo::Outcome::applied:  // it was; only the response is unreadable
        if (const auto interview_id = lookFor(client, our_id)) {
          return interview_id;
        }
        throw;  // they may show up for two more minutes: look again before it is sent again
    }
    throw;
  }
}
// [/write]

TEST_F(ErrorsAndOutcomes, DecideWhatToDo) {
  const heymilo::Client client(options);
  const heymilo::CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
  EXPECT_TRUE(ingestOne(client, ada, "1"));
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_TRUE(ingestOne(client, ada, "2"));  // found
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect());
  EXPECT_THROW(ingestOne(client, ada, "3"), heymilo::ConnectionError);  // not there yet
  EXPECT_FALSE(lookFor(client, "3"));
  server.respondNext("ingestCandidate", ScriptedResponse::answer(201, "{}").afterCommit());
  EXPECT_TRUE(ingestOne(client, ada, "4"));
  EXPECT_EQ(server.candidateCount("posting-id"), 3u);
  EXPECT_THROW(ingestOne(client, {"Ada Example", "nonsense"}, "5"),
               heymilo::UnprocessableEntityError);
}

// [say]
/// A message for a person: what happened, and what to do.
std::string explain(const heymilo::Error& error) {
  if (dynamic_cast<const heymilo::AuthenticationError*>(&error) != nullptr) {
    return "The key is wrong: see HEYMILO_API_KEY.";
  }
  if (const auto* limit = dynamic_cast<const heymilo::RateLimitError*>(&error)) {
    const auto wait = limit->retryAfter().value_or(std::chrono::minutes{1});
    return "The quota is used up: again in " + std::to_string(wait.count() / 1000) + " s.";
  }
  if (const auto* refusal = dynamic_cast<const heymilo::UnprocessableEntityError*>(&error)) {
    const auto field = refusal->fields().front();  // never empty
    return "Not acceptable: " + field.param.value_or("the request") + ": " + field.message;
  }
  return error.what();  // one line, without any of the sent data
}
// [/say]

TEST_F(ErrorsAndOutcomes, CanBeExplained) {
  const auto explanationOf = [&](const heymilo::CandidateIngestRequest& person) {
    try {
      heymilo::Client(options).ingestCandidate("posting-id", person);
    } catch (const heymilo::Error& error) {
      return explain(error);
    }
    return std::string();
  };
  EXPECT_EQ(explanationOf({"Ada Example", "nonsense"}).rfind("Not acceptable: body.email: ", 0),
            0u);
  options.retry.max_retries = 0;
  server.respondNext("ingestCandidate",
                     ScriptedResponse::answer(429).withHeader("Retry-After", "7"));
  EXPECT_EQ(explanationOf({"Ada Example", "ada@example.com"}),
            "The quota is used up: again in 7 s.");
  server.respondNext("ingestCandidate", ScriptedResponse::answer(503));
  EXPECT_EQ(explanationOf({"Ada Example", "ada@example.com"}).find("ada@example.com"),
            std::string::npos);
  options.api_key = "wrong";
  EXPECT_EQ(explanationOf({"Ada Example", "ada@example.com"}),
            "The key is wrong: see HEYMILO_API_KEY.");
}

}  // namespace
