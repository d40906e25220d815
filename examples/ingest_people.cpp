// Brings the people of an NDJSON file into a posting, some with each request.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <heymilo/heymilo.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/explain.hpp"
#include "support/json_line.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"

namespace {

using support::ExitCode;

using People = std::vector<heymilo::CandidateIngestRequest>;

struct Arguments {
  std::string posting_id, file;
  std::size_t chunk = 50;
  bool async = false;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("POSTING_ID", arguments.posting_id, "The posting")->required()->type_name("");
  app.add_option("FILE", arguments.file, "One CandidateIngestRequest a line, as JSON")
      ->required()
      ->type_name("");
  app.add_option("--chunk", arguments.chunk, "People to send with one request")
      ->check(CLI::PositiveNumber.description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--async", arguments.async, "Queue the people, and do not wait for the result");
}

People readPeople(const std::string& file) {
  std::ifstream input(file);
  if (!input) {
    throw support::UsageError("can't open " + support::printable(file));
  }
  People people;
  std::string line;
  for (std::size_t number = 1; std::getline(input, line); ++number) {
    const nlohmann::json person = nlohmann::json::parse(line, nullptr, false);
    const std::string where = "line " + std::to_string(number) + " of " + support::printable(file);
    if (person.is_discarded()) {
      throw support::UsageError(where + ": not JSON");
    }
    try {
      people.push_back(person.get<heymilo::CandidateIngestRequest>());
    } catch (const heymilo::DecodeError& error) {
      throw support::UsageError(where + ": " + support::printable(error.what()));
    }
  }
  if (input.bad()) {
    throw support::UsageError("can't read " + support::printable(file));
  }
  return people;
}

/// Sends one chunk and returns the answer as JSON lines.
std::string ingest(const heymilo::Client& client, const Arguments& arguments,
                   const heymilo::BulkCandidateIngestRequest& chunk) {
  if (arguments.async) {
    return support::jsonLine(client.ingestCandidatesBulkAsync(arguments.posting_id, chunk).data);
  }
  std::string lines;
  for (const auto& item : client.ingestCandidatesBulk(arguments.posting_id, chunk).data) {
    lines += support::jsonLine(item);
  }
  return lines;
}

ExitCode run(const Arguments& arguments) {
  const People people = readPeople(arguments.file);
  const heymilo::Client client = support::clientFromEnvironment();
  support::Output output;
  for (std::size_t first = 0; first < people.size(); first += arguments.chunk) {
    const std::size_t last = std::min(people.size(), first + arguments.chunk);
    heymilo::BulkCandidateIngestRequest chunk;
    chunk.data.assign(people.begin() + static_cast<std::ptrdiff_t>(first),
                      people.begin() + static_cast<std::ptrdiff_t>(last));
    const auto began = std::chrono::system_clock::now();
    try {
      output.write(ingest(client, arguments, chunk));
      output.flush();
    } catch (const heymilo::Error& error) {
      support::tell(support::explain(error) + "This was about lines " + std::to_string(first + 1) +
                    " to " + std::to_string(last) + "; the lines before them are ingested.\n" +
                    support::ingestOutcome(error, began));
      return first == 0 ? support::exitCode(error) : ExitCode::in_part;
    } catch (const support::OutputError& error) {
      support::tell(std::string(error.what()) + "\nLines 1 to " + std::to_string(last) +
                    " are ingested all the same: do not send them again.\n");
      return ExitCode::in_part;
    }
  }
  support::tell(std::to_string(people.size()) + (arguments.async ? " queued\n" : " ingested\n"));
  return ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Bring the people of a file into a posting, and print the answers as JSON lines.",
               "ingest_people");
  Arguments arguments;
  declare(app, arguments);
  return support::runProgram(app, argc, argv, [&] { return run(arguments); });
}
