// Waits until a candidate has a score, and prints it: POSTING_ID INTERVIEW_ID MILLISECONDS, the
// polling interval.
#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 4) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    for (double score = -1; score < 0;) {
      api.forEach([&](const by_hand::json& candidate) {
        if (candidate["interview_id"] == argv[2] && candidate.contains("score") &&
            !candidate["score"].is_null()) {
          score = candidate["score"];
          std::cout << score << '\n';
        }
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(argv[3])));
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
