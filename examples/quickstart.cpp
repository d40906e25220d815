// The shortest useful program: ingests one candidate, then lists everybody's status.

#include <heymilo/heymilo.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: quickstart POSTING_ID (and HEYMILO_API_KEY in the environment)\n";
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();

    const auto ada = client.ingestCandidate(argv[1], {"Ada Example", "ada@example.com"});
    std::cout << ada->interview_url << '\n';

    for (const auto& candidate : client.listAllCandidates(argv[1])) {
      std::cout << candidate.name << ": " << candidate.status.text() << '\n';
    }
  } catch (const heymilo::InvalidArgumentError& error) {
    std::cerr << error.what() << '\n';
    return 2;
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << " (" << heymilo::toString(error.outcome()) << ")\n";
    return 1;
  }
  return std::cout.flush() ? 0 : 1;
}
