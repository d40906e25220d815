// Ingests the people of a CSV file that is exported each night, each exactly once: POSTING_ID FILE.
// The file grows, and is in another order each time.
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
    std::string line, name, email, id;
    std::getline(file, line);  // the header
    std::vector<heymilo::CandidateIngestRequest> people;
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::getline(fields, name, ',');
      std::getline(fields, email, ',');
      std::getline(fields, id, ',');
      people.push_back(
          heymilo::CandidateIngestRequest{name, email}.withMetadata("external_id", id));
    }
    heymilo::workflows::BulkIngestOptions options;
    options.key = "external_id";
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
