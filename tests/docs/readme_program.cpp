#include <heymilo/heymilo.hpp>
#include <iostream>

int main() {
  const auto client = heymilo::Client::fromEnvironment();  // HEYMILO_API_KEY
  client.ingestCandidate("posting-id", {"Ada Example", "ada@example.com"});
  for (const auto& candidate : client.listAllCandidates("posting-id")) {
    std::cout << candidate.name << ": " << candidate.status.text() << '\n';
  }
}
