// Processes every candidate once, across crashes: POSTING_ID CURSOR_FILE. Prints interview_ids.
#include <fstream>

#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    std::string cursor;
    std::ifstream(argv[2]) >> cursor;
    api.forEach(
        [&](const by_hand::json& candidate) {
          const std::string id = candidate["interview_id"];
          std::cout << id << ' ' << candidate.value("score", 0.0) << std::endl;
          std::ofstream(argv[2]) << id;
        },
        cursor);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
