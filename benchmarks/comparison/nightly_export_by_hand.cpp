// Ingests the people of a CSV file that is exported each night, each exactly once: POSTING_ID FILE.
// The file grows, and is in another order each time.
#include <fstream>
#include <set>
#include <sstream>

#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    const std::string progress = std::string(argv[2]) + ".done";
    std::set<std::string> done;
    std::ifstream earlier(progress);
    for (std::string id; std::getline(earlier, id);) {
      done.insert(id);
    }
    std::ofstream ingested(progress, std::ios::app);
    std::ifstream file(argv[2]);
    std::string line, name, email, id;
    std::getline(file, line);  // the header
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::getline(fields, name, ',');
      std::getline(fields, email, ',');
      std::getline(fields, id, ',');
      if (done.insert(id).second) {
        api.post("", {{"name", name}, {"email", email}, {"metadata", {{"external_id", id}}}});
        ingested << id << std::endl;
      }
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
