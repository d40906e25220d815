// A table of all candidates: POSTING_ID.
#include <iomanip>

#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    api.forEach([](const by_hand::json& candidate) {
      std::cout << std::left << std::setw(30) << candidate["name"].get<std::string>()
                << std::setw(14) << candidate["status"].get<std::string>()
                << candidate.value("score", 0.0) << '\n';
    });
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
