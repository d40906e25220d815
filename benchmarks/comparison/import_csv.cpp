// Ingests people from a CSV file, each exactly once: POSTING_ID FILE. Can be run again after a
// crash.
#include <fstream>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <iostream>
#include <sstream>

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    std::ifstream file(argv[2]);
    std::string line, name, email;
    std::getline(file, line);  // the header
    std::vector<heymilo::CandidateIngestRequest> people;
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::getline(fields, name, ',');
      std::getline(fields, email, ',');
      people.push_back({name, email});
    }
    heymilo::workflows::BulkIngestOptions options;
    options.journal = std::string(argv[2]) + ".journal";
    options.new_posting = true;  // nobody else ingests into it
    const auto result = heymilo::workflows::bulkIngest(
        heymilo::Client::fromEnvironment(), argv[1], heymilo::workflows::sourceOf(people), options);
    return result.complete ? 0 : 1;
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
