// A user's test: the client against the mock server, in one process.
#include <heymilo/heymilo.hpp>
#include <heymilo/testing/mock_server.hpp>

#include <iostream>

int main() {
  heymilo::testing::MockServer server;
  server.addPosting("posting", 3);

  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = server.url();
  options.proxy = "";
  const heymilo::Client client(options);

  heymilo::CandidateIngestRequest request;
  request.name = "Ada";
  request.email = "ada@example.com";
  const auto ingested = client.ingestCandidate("posting", request);

  int count = 0;
  bool found = false;
  for (const heymilo::CandidateResponse& candidate : client.listAllCandidates("posting")) {
    ++count;
    found = found || candidate.interview_id == ingested.data.interview_id;
  }
  std::cout << count << " candidates\n";
  return count == 4 && found ? 0 : 1;
}
