// Lists the candidates completed since the last run: POSTING_ID STATE_FILE.
#include <fstream>
#include <set>

#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    std::set<std::string> known;
    std::ifstream old_state(argv[2]);
    for (std::string id; old_state >> id;) {
      known.insert(id);
    }
    api.forEach([&](const by_hand::json& candidate) {
      if (candidate["status"] == "completed" && known.insert(candidate["interview_id"]).second) {
        std::cout << candidate["interview_id"].get<std::string>() << ' '
                  << candidate["score"].get<double>() << std::endl;
      }
    });
    std::ofstream state(argv[2]);
    for (const std::string& id : known) {
      state << id << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
