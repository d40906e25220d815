// Queues people and reports when they are ingested: POSTING_ID FILE, a CSV file of name, e-mail,
// id.
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
    std::ifstream file(argv[2]);
    std::string line, name, email, id;
    std::getline(file, line);  // the header
    std::set<std::string> waiting;
    auto people = by_hand::json::array();
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::getline(fields, name, ',');
      std::getline(fields, email, ',');
      std::getline(fields, id, ',');
      people.push_back({{"name", name}, {"email", email}, {"metadata", {{"external_id", id}}}});
      waiting.insert(id);
    }
    api.post("/bulk/async", {{"data", people}});
    while (!waiting.empty()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      api.forEach([&](const by_hand::json& candidate) {
        const auto metadata = candidate.value("metadata", by_hand::json::object());
        waiting.erase(metadata.value("external_id", ""));
      });
    }
    std::cout << "all in\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
