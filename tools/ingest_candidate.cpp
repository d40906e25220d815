// Ingests one candidate into a posting.

#include <CLI/CLI.hpp>
#include <chrono>
#include <heymilo/heymilo.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/explain.hpp"
#include "support/interrupt.hpp"
#include "support/json_line.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"

namespace {

using support::ExitCode;

struct Arguments {
  std::string posting_id, name, email;
  std::optional<std::string> phone, data;
  std::vector<std::string> metadata;
  bool async = false;
};

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("POSTING_ID", arguments.posting_id, "The posting's id")->required()->type_name("");
  app.add_option("--name", arguments.name, "Full name")->required()->type_name("NAME");
  app.add_option("--email", arguments.email, "E-mail address")->required()->type_name("EMAIL");
  app.add_option("--phone", arguments.phone, "Phone number in E.164 form, such as +12025550100")
      ->type_name("PHONE");
  app.add_option("--metadata", arguments.metadata, "A key and its value; repeatable")
      ->type_name("K=V")
      ->allow_extra_args(false)
      // One at a time: CLI11 2.6 splits [a]=[b,c] if an option takes several values.
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--data", arguments.data, "Additional data, as a JSON object")->type_name("JSON");
  app.add_flag("--async", arguments.async, "Queue the candidate, and do not wait for the result");
}

std::map<std::string, std::string> parseMetadata(const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> metadata;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw support::UsageError("--metadata: not of the form K=V: " + support::printable(pair) +
                                "\nGive a key and its value, such as --metadata external_id=42.");
    }
    if (!metadata.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
      throw support::UsageError(
          "--metadata: given twice: " + support::printable(pair.substr(0, equals)) +
          "\nGive each key once.");
    }
  }
  return metadata;
}

nlohmann::json parseData(const std::string& text) {
  const nlohmann::json data = nlohmann::json::parse(text, nullptr, false);
  if (!data.is_object()) {
    throw support::UsageError(
        (data.is_discarded() ? "--data: not JSON" : "--data: not a JSON object") +
        std::string("\nGive an object in one argument, such as --data '{\"key\": 1}'."));
  }
  return data;
}

heymilo::CandidateIngestRequest makeRequest(const Arguments& arguments) {
  heymilo::CandidateIngestRequest request;
  request.name = arguments.name;
  request.email = arguments.email;
  request.phone_number = arguments.phone;
  if (!arguments.metadata.empty()) {
    request.metadata = parseMetadata(arguments.metadata);
  }
  if (arguments.data) {
    request.data = parseData(*arguments.data);
  }
  return request;
}

nlohmann::json ingest(const heymilo::Client& client, const Arguments& arguments,
                      const heymilo::CandidateIngestRequest& request,
                      const support::Interrupt& interrupt) {
  heymilo::RequestOptions options;
  options.cancellation = interrupt.token();
  if (arguments.async) {
    return client.ingestCandidateAsync(arguments.posting_id, request, options).data;
  }
  return client.ingestCandidate(arguments.posting_id, request, options).data;
}

ExitCode run(const Arguments& arguments) {
  const heymilo::CandidateIngestRequest request = makeRequest(arguments);
  const heymilo::Client client = support::clientFromEnvironment();
  try {
    support::Output::check();
  } catch (const support::OutputError& error) {
    support::complain(std::string(error.what()) + "\nNothing was sent.\n");
    return ExitCode::failed;
  }
  const support::Interrupt interrupt;  // to still report the outcome
  const auto began = std::chrono::system_clock::now();
  try {
    const nlohmann::json answer = ingest(client, arguments, request, interrupt);
    support::Output output;
    output.write(support::jsonLine(answer));
    output.finish();
    return ExitCode::done;
  } catch (const heymilo::Error& error) {
    support::complain(support::explain(error) + support::ingestOutcome(error, began));
    return support::exitCode(error);
  } catch (const support::OutputError& error) {
    support::complain(std::string(error.what()) +
                      "\nThe candidate was ingested: do not send it again.\n");
    return ExitCode::in_part;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Ingest one candidate into a posting, and print the response as JSON.",
               "ingest_candidate");
  Arguments arguments;
  declare(app, arguments);
  app.footer(support::apiFooter(
      "  ingest_candidate POSTING_ID --name 'Ada Example' --email ada@example.com \\\n"
      "    --metadata external_id=42"));
  return support::runProgram(app, argc, argv, [&] { return run(arguments); });
}
