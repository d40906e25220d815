// Lists the candidates completed since the last run: POSTING_ID STATE_FILE.
#include <fstream>
#include <heymilo/heymilo.hpp>
#include <iostream>
#include <set>

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();
    std::set<std::string> known;
    std::ifstream old_state(argv[2]);
    for (std::string id; old_state >> id;) {
      known.insert(id);
    }
    std::ofstream state(argv[2], std::ios::app);
    for (const auto& candidate : client.listAllCandidates(argv[1])) {
      if (candidate.status == heymilo::CandidateStatus::completed &&
          known.insert(candidate.interview_id).second) {
        std::cout << candidate.interview_id << ' ' << candidate.score.value_or(0) << std::endl;
        state << candidate.interview_id << std::endl;
      }
    }
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
