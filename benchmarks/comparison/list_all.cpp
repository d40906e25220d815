// A table of all candidates: POSTING_ID.
#include <heymilo/heymilo.hpp>
#include <iomanip>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();
    for (const auto& candidate : client.listAllCandidates(argv[1])) {
      std::cout << std::left << std::setw(30) << candidate.name << std::setw(14) << candidate.status
                << candidate.score.value_or(0) << '\n';
    }
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
