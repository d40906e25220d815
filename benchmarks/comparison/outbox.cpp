// Accepts the applicants of a CSV file, and ingests who was accepted, each exactly once:
// POSTING_ID DATABASE FILE. Can be run again after a crash.
#include <fstream>
#include <heymilo/workflows/outbox.hpp>
#include <iostream>
#include <sstream>

#include "comparison/application.hpp"

int main(int argc, char** argv) {
  if (argc != 4) {
    return 2;
  }
  try {
    ApplicationDatabase database(argv[2]);
    database.script("CREATE TABLE IF NOT EXISTS applicant(id TEXT PRIMARY KEY, name TEXT);" +
                    heymilo::workflows::sqliteOutboxSchema());
    std::ifstream file(argv[3]);
    std::string line, name, email, id;
    std::getline(file, line);  // the header
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::getline(fields, name, ',');
      std::getline(fields, email, ',');
      std::getline(fields, id, ',');
      database.run("BEGIN IMMEDIATE");
      if (database.run("SELECT 1 FROM applicant WHERE id = ?", {id}).empty()) {
        database.run("INSERT INTO applicant(id, name) VALUES(?, ?)", {id, name});
        database.run(
            "INSERT INTO heymilo_outbox(posting_id, key, request)"
            " VALUES(?, ?, json_object('name', ?, 'email', ?))",
            {argv[1], id, name, email});
      }
      database.run("COMMIT");
    }
    heymilo::workflows::OutboxOptions options;
    options.once = true;
    options.new_posting = true;  // nobody else ingests into it
    const auto result = heymilo::workflows::deliverOutbox(
        heymilo::Client::fromEnvironment(), *heymilo::workflows::sqliteOutbox(argv[2]), options);
    return result.failed + result.rejected == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
