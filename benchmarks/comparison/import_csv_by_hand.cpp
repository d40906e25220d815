// Ingests people from a CSV file, each exactly once: POSTING_ID FILE. Can be run again after a
// crash.
#include <fstream>
#include <sstream>

#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    const std::string progress = std::string(argv[2]) + ".done";
    int done = 0;
    std::ifstream(progress) >> done;
    std::ifstream file(argv[2]);
    std::string line, name, email;
    std::getline(file, line);  // the header
    for (int row = 1; std::getline(file, line); ++row) {
      if (row <= done) {
        continue;
      }
      std::istringstream fields(line);
      std::getline(fields, name, ',');
      std::getline(fields, email, ',');
      api.post("", {{"name", name}, {"email", email}});
      std::ofstream(progress) << row;
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
