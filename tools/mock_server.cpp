// The mock server as a program, for trying the other programs without an account: the API with
// postings of generated candidates, whose workflows progress while it runs.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <heymilo/errors.hpp>
#include <heymilo/testing/mock_server.hpp>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "support/descriptor_io.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/stop.hpp"
#include "support/terminal.hpp"

namespace {

using heymilo::testing::MockServer;
using heymilo::testing::MockServerOptions;
using heymilo::testing::RecordedRequest;

using support::ExitCode;

constexpr const char* kFooter =
    R"(The first line on standard output is the base URL, for HEYMILO_BASE_URL. The
program runs until SIGINT (Ctrl-C), SIGTERM or SIGHUP; a signal that was ignored
when it was started (nohup) stays ignored. The exit code is 0 (stopped), 1 (the
port is not available, or the URL can't be written) or 2 (usage).

Example:
  mock_server --posting demo:250 --port 8080 &
  export HEYMILO_BASE_URL=http://127.0.0.1:8080 HEYMILO_API_KEY=test-key
  list_candidates demo)";

struct Posting {
  std::string id;
  std::size_t candidates = 0;
};

struct Arguments {
  int port = 0;
  std::string api_key = "test-key";
  std::vector<std::string> postings;
  std::string rate_limit;
  int latency_ms = 0;
  double time_scale = 1;
  std::uint64_t seed = 1;
  std::string date = "on";
  bool log = false;
};

// The number that makes up the whole text; empty if it is not a number within the bounds.
template <class Number>
std::optional<Number> numberIn(const std::string& text, Number least, Number most) {
  std::istringstream stream(text);
  stream.imbue(std::locale::classic());
  Number number{};
  const bool whole = (stream >> std::noskipws >> number) && stream.peek() == EOF;
  return whole && text.front() != '-' && number >= least && number <= most ? std::optional(number)
                                                                           : std::nullopt;
}

// ID or ID:N. A suffix after a colon that is not a number belongs to the id.
Posting parsePosting(const std::string& text) {
  constexpr std::size_t kMostCandidates = 10'000'000;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string::npos) {
    const auto count = numberIn<std::size_t>(text.substr(colon + 1), 0, kMostCandidates);
    if (count) {
      return {text.substr(0, colon), *count};
    }
  }
  return {text, 0};
}

std::string postingComplaint(const std::string& text) {
  return parsePosting(text).id.empty() ? "missing ID" : "";
}

std::optional<heymilo::RateLimit> parseRateLimit(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    return std::nullopt;
  }
  const auto requests = numberIn<int>(text.substr(0, slash), 1, 1'000'000);
  const auto seconds = numberIn<double>(text.substr(slash + 1), 0.001, 86'400.0);
  if (!requests || !seconds) {
    return std::nullopt;
  }
  const std::chrono::milliseconds per{std::llround(*seconds * 1000)};
  return heymilo::RateLimit{*requests, per};
}

std::string rateLimitComplaint(const std::string& text) {
  return parseRateLimit(text) ? "" : "expected N/SECONDS, such as 300/60";
}

/// The offset of `Date` from the server's clock; empty for no header. Nothing if invalid.
std::optional<std::optional<std::chrono::seconds>> parseDate(const std::string& text) {
  if (text == "off") {
    return std::optional<std::chrono::seconds>();
  }
  if (text == "on") {
    return std::optional(std::chrono::seconds{0});
  }
  constexpr std::int64_t kMost = 3'000'000'000;  // 95 years
  const bool behind = text.rfind('-', 0) == 0;
  const bool has_sign = behind || text.rfind('+', 0) == 0;
  const auto offset = numberIn<std::int64_t>(text.substr(has_sign ? 1 : 0), 0, kMost);
  if (!offset) {
    return std::nullopt;
  }
  return std::optional(std::chrono::seconds{behind ? -*offset : *offset});
}

std::string dateComplaint(const std::string& text) {
  return parseDate(text) ? "" : "expected on, off or a number of seconds, such as +3600 or -15";
}

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("--port", arguments.port, "Port on 127.0.0.1; 0: any free port")
      ->check(CLI::Range(0, 65535).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--api-key", arguments.api_key, "The accepted API key")
      ->type_name("KEY")
      ->check([](const std::string& key) { return std::string(key.empty() ? "it is empty" : ""); })
      ->capture_default_str();
  app.add_option("--posting",
                 arguments.postings,
                 "A posting with N generated candidates, or without any; repeatable "
                 "(default: demo:25)")
      ->check(postingComplaint)
      ->type_name("ID[:N]")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--rate-limit",
                 arguments.rate_limit,
                 "At most N requests in any period of this many seconds")
      ->check(rateLimitComplaint)
      ->type_name("N/SECONDS");
  app.add_option("--latency-ms", arguments.latency_ms, "Milliseconds before each response")
      ->check(CLI::Range(0, 3'600'000).description(""))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--time-scale",
                 arguments.time_scale,
                 "Seconds per second in the candidates' workflows, such as 86400 for a day; "
                 "0: no progress")
      ->check(support::numberBetween(0, 1e7))
      ->type_name("X")
      ->capture_default_str();
  app.add_option(
         "--date",
         arguments.date,
         "The Date header: on, off, or an offset in seconds from the server's clock, such as "
         "+3600 or -15")
      ->check(dateComplaint)
      ->type_name("on|off|OFFSET")
      ->capture_default_str();
  app.add_option("--seed", arguments.seed, "The seed of the generated candidates")
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--log", arguments.log, "Log each request to standard error");
  app.footer(kFooter);
}

// Neither the path nor the query: they contain ids.
void logRequest(const RecordedRequest& request) {
  const std::string operation = request.operation.empty() ? "(no operation)" : request.operation;
  const std::string line = support::printable(request.method) + ' ' + operation + ' ' +
                           std::to_string(request.status) + ' ' + request.request_id + '\n';
  support::writeAll(static_cast<int>(support::Stream::error), line);
}

MockServerOptions serverOptions(const Arguments& arguments) {
  MockServerOptions options;
  options.port = arguments.port;
  options.api_key = arguments.api_key;
  options.rate_limit = parseRateLimit(arguments.rate_limit);
  options.latency = std::chrono::milliseconds{arguments.latency_ms};
  options.time_scale = arguments.time_scale;
  options.seed = arguments.seed;
  options.date_offset = *parseDate(arguments.date);
  options.max_recorded_requests = 0;
  if (arguments.log) {
    options.on_request = logRequest;
  }
  return options;
}

ExitCode serve(const Arguments& arguments) {
  const support::Interrupt interrupt(support::Interrupt::Words::silent);
  MockServer server(serverOptions(arguments));
  for (const std::string& text : arguments.postings) {
    const Posting posting = parsePosting(text);
    server.addPosting(posting.id, posting.candidates);
  }
  support::Output output;
  output.write(server.url() + '\n');
  output.finish();
  support::waitForStop();
  return ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Run a mock API, to try the other programs without an account.", "mock_server");
  Arguments arguments;
  declare(app, arguments);
  return support::runProgram(app, argc, argv, [&] {
    if (arguments.postings.empty()) {
      arguments.postings = {"demo:25"};
    }
    try {
      return serve(arguments);
    } catch (const support::OutputError&) {
      throw;
    } catch (const heymilo::OverloadError&) {
      throw;
    } catch (const std::exception& error) {
      const auto* system = dynamic_cast<const std::system_error*>(&error);
      if (system != nullptr && system->code() == std::errc::resource_unavailable_try_again) {
        throw heymilo::OverloadError("the system has no thread left to serve with");
      }
      support::complain(support::printable(error.what()) +
                        "\nUse another --port, or omit it for any free port.\n");
      return ExitCode::failed;
    }
  });
}
