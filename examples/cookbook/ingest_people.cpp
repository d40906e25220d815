#include <heymilo/workflows/bulk_ingest.hpp>
#include <string>
#include <vector>

#include "recipe.hpp"
#include "support/temporary_directory.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using IngestPeople = Recipe;

// [one]
/// The interview link of somebody.
std::string invite(const heymilo::Client& client, const heymilo::CandidateIngestRequest& person) {
  return client.ingestCandidate("posting-id", person)->interview_url;
}
// [/one]

TEST_F(IngestPeople, One) {
  EXPECT_NE(invite(heymilo::Client(options), {"Ada Example", "ada@example.com"}), "");
}

// [some]
/// The interview links of all people, in order. For as many as fit into one request.
std::vector<std::string> invite(const heymilo::Client& client,
                                const std::vector<heymilo::CandidateIngestRequest>& people) {
  std::vector<std::string> links;
  for (const auto& receipt : client.ingestCandidatesBulk("posting-id", people).data) {
    links.push_back(receipt.interview_url);
  }
  return links;
}
// [/some]

TEST_F(IngestPeople, AFewAtOnce) {
  const std::vector<heymilo::CandidateIngestRequest> people = {{"Ada Example", "ada@example.com"},
                                                               {"Bob Example", "b@example.com"}};
  const auto links = invite(heymilo::Client(options), people);
  EXPECT_EQ(links.size(), 2u);
  EXPECT_EQ(server.candidates("posting-id")[1]["name"], "Bob Example");
  EXPECT_EQ(server.requests().size(), 1u);
}

// [many]
/// Ingests everybody exactly once, whatever happens: call it again until it returns true.
bool ingestAll(const heymilo::Client& client, const heymilo::workflows::BulkSource& people,
               heymilo::workflows::BulkIngestOptions options) {
  options.key = "our_id";  // who a record is: an id of your own in its metadata
  return heymilo::workflows::bulkIngest(client, "posting-id", people, options).complete;
}
// [/many]

// [source]
struct Row {
  std::string id, name, email;
};

/// The rows of a table as a source: one after the other, in any order.
heymilo::workflows::BulkSource sourceOfRows(const std::vector<Row>& rows) {
  return [&rows, next = std::size_t{0}]() mutable -> std::optional<heymilo::workflows::BulkRecord> {
    if (next == rows.size()) {
      return std::nullopt;
    }
    const Row& row = rows[next++];
    heymilo::workflows::BulkRecord record;
    record.request.name = row.name;
    record.request.email = row.email;
    record.request.metadata.emplace()["our_id"] = row.id;  // comes back with each candidate
    return record;
  };
}
// [/source]

// [report]
/// Notes the people who were not ingested, with the reason: a line each.
std::function<void(const heymilo::workflows::RecordReport&)> noteProblems(
    std::vector<std::string>& lines) {
  using heymilo::workflows::RecordState;
  return [&lines](const heymilo::workflows::RecordReport& record) {
    if (record.state == RecordState::rejected || record.state == RecordState::unresolved) {
      lines.push_back("record " + std::to_string(record.index + 1) + " " +
                      std::string(toString(record.state)) + ": " +
                      (record.error ? record.error->message : ""));
    }
  };
}
// [/report]

TEST_F(IngestPeople, ManyAndEachOnce) {
  const heymilo_test::TemporaryDirectory directory;
  std::vector<Row> rows;
  for (int i = 0; i < 250; ++i) {
    const std::string id = std::to_string(i);
    rows.push_back({id, "Person " + id, i == 17 ? "nonsense" : id + "@example.com"});
  }
  // The API processes a chunk and the response is lost.
  server.respondNext({"ingestCandidatesBulk",
                      [](const heymilo::testing::RecordedRequest& request) {
                        return request.body.find("nonsense") == std::string::npos;
                      }},
                     ScriptedResponse::disconnect().afterCommit());
  const heymilo::Client client(options);
  heymilo::workflows::BulkIngestOptions bulk;
  bulk.journal = directory.file("people.journal");
  bulk.new_posting = true;
  std::vector<std::string> problems;
  bulk.on_record = noteProblems(problems);
  EXPECT_TRUE(ingestAll(client, sourceOfRows(rows), bulk));
  EXPECT_EQ(server.candidateCount("posting-id"), 249u);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].rfind("record 18 rejected: ", 0), 0u) << problems[0];

  server.clearRequests();
  EXPECT_TRUE(ingestAll(client, sourceOfRows(rows), bulk));
  EXPECT_TRUE(server.requests("ingestCandidatesBulk").empty());  // no person is sent twice
}

}  // namespace
