// Processes every candidate once, across crashes: POSTING_ID CURSOR_FILE. Prints interview_ids.
#include <fstream>
#include <heymilo/heymilo.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();
    heymilo::ListCandidatesParams from;
    std::string cursor;
    if (std::ifstream(argv[2]) >> cursor) {
      from.starting_after = cursor;
    }
    for (const auto& candidate : client.listAllCandidates(argv[1], from)) {
      std::cout << candidate.interview_id << ' ' << candidate.score.value_or(0) << std::endl;
      std::ofstream(argv[2]) << candidate.interview_id;
    }
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
