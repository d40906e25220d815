// Queues people and reports when they are ingested: POSTING_ID FILE, a CSV file of name, e-mail,
// id.
#include <fstream>
#include <heymilo/heymilo.hpp>
#include <iostream>
#include <sstream>

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();
    std::ifstream file(argv[2]);
    std::string line, name, email, id;
    std::getline(file, line);  // the header
    std::vector<std::string> ids;
    heymilo::BulkCandidateIngestRequest people;
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::getline(fields, name, ',');
      std::getline(fields, email, ',');
      std::getline(fields, id, ',');
      people.data.push_back(
          heymilo::CandidateIngestRequest{name, email}.withMetadata("external_id", id));
      ids.push_back(id);
    }
    heymilo::WaitOptions how;
    how.initial_interval = std::chrono::milliseconds{200};
    how.key = heymilo::metadataKey("external_id");
    heymilo::RequestOptions within;
    within.total_timeout = std::chrono::minutes{2};
    try {
      client.ingestCandidatesBulkAsync(argv[1], people);
    } catch (const heymilo::Error& error) {
      if (!error.mayHaveArrived()) {
        throw;
      }
    }
    client.waitForCandidates(argv[1], ids, heymilo::isListed, how, within);
    std::cout << "all in\n";
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
