// Accepts the applicants of a CSV file, and ingests who was accepted, each exactly once:
// POSTING_ID DATABASE FILE. Can be run again after a crash.
#include <fstream>
#include <set>
#include <sstream>

#include "comparison/application.hpp"
#include "comparison/by_hand.hpp"

namespace {

/// Ingests the rows of the outbox. Looks for those that may have arrived before it sends them
/// again. Returns whether all were accepted; the others are tried again by the next run.
bool deliver(ApplicationDatabase& database, by_hand::Api& api) {
  std::set<std::string> there;
  if (!database.run("SELECT 1 FROM outbox WHERE attempted = 1 LIMIT 1").empty()) {
    api.forEach([&](const by_hand::json& candidate) {
      const auto metadata = candidate.value("metadata", by_hand::json::object());
      there.insert(metadata.value("external_id", ""));
    });
  }
  bool accepted = true;
  for (const auto& row : database.run("SELECT id, request FROM outbox ORDER BY rowid")) {
    if (there.count(row[0]) == 0) {
      database.run("UPDATE outbox SET attempted = 1 WHERE id = ?", {row[0]});
      try {
        api.post("", by_hand::json::parse(row[1]));
      } catch (const by_hand::HttpError& error) {
        if (error.status >= 500) {
          throw;  // it may have arrived
        }
        std::cerr << row[0] << ": " << error.what() << '\n';
        database.run("UPDATE outbox SET attempted = 0 WHERE id = ?", {row[0]});
        accepted = false;
        continue;
      }
    }
    database.run("DELETE FROM outbox WHERE id = ?", {row[0]});
  }
  return accepted;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    return 2;
  }
  try {
    ApplicationDatabase database(argv[2]);
    database.script(
        "CREATE TABLE IF NOT EXISTS applicant(id TEXT PRIMARY KEY, name TEXT);"
        "CREATE TABLE IF NOT EXISTS outbox("
        "  id TEXT PRIMARY KEY, request TEXT, attempted INTEGER DEFAULT 0)");
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
        const by_hand::json request = {
            {"name", name}, {"email", email}, {"metadata", {{"external_id", id}}}};
        database.run("INSERT INTO applicant(id, name) VALUES(?, ?)", {id, name});
        database.run("INSERT INTO outbox(id, request) VALUES(?, ?)", {id, request.dump()});
      }
      database.run("COMMIT");
    }
    by_hand::Api api(argv[1]);
    return deliver(database, api) ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
