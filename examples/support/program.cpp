#include "support/program.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <heymilo/version.hpp>
#include <utility>

#include "support/explain.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"

namespace support {

namespace {

constexpr const char* kFooter = R"(
Environment:
  HEYMILO_API_KEY       the API key; required
  HEYMILO_BASE_URL      where the API is; by default https://api.heymilo.ai
  HEYMILO_WORKSPACE_ID  the workspace, for keys that may use several

Results go to standard output, everything else to standard error. The exit code is
0 (done), 1 (the API or the network failed), 2 (usage) or 3 (done in part).)";

std::string& programName() {
  static std::string name = "heymilo";
  return name;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// Servers may quote what they were sent. A key that short is none, and would mask other words.
std::string withoutKey(std::string text) {
  constexpr std::size_t kShortest = 6;
  constexpr std::string_view kMask = "***";
  const std::string key = environment("HEYMILO_API_KEY");
  if (key.size() < kShortest) {
    return text;
  }
  for (std::size_t at = text.find(key); at != std::string::npos;
       at = text.find(key, at + kMask.size())) {
    text.replace(at, key.size(), kMask);
  }
  return text;
}

int code(ExitCode exit) { return static_cast<int>(exit); }

/// Parses. An exit code ends the program; none lets it go on.
std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& asked_for) {  // --help, --version
    return app.exit(asked_for);
  } catch (const CLI::ParseError& error) {
    tell(printable(error.what()) + "\nRun with --help for more information.\n");
    return code(ExitCode::usage);
  }
}

}  // namespace

ExitCode exitCode(const heymilo::Error& error) {
  const bool refused = dynamic_cast<const heymilo::InvalidArgumentError*>(&error) != nullptr;
  return refused ? ExitCode::usage : ExitCode::failed;
}

void tell(std::string_view text) {
  const std::string line = programName() + ": " + withoutKey(std::string(text));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int runProgram(CLI::App& app, int argc, char** argv, const std::function<ExitCode()>& body) {
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is an OutputError
#endif
  programName() = app.get_name();
  app.set_version_flag("--version", app.get_name() + " " + std::string(heymilo::version()));
  app.footer(kFooter);
  if (const std::optional<int> exit = parse(app, argc, argv)) {
    return *exit;
  }
  try {
    return code(body());
  } catch (const UsageError& error) {
    tell(std::string(error.what()) + '\n');
    return code(ExitCode::usage);
  } catch (const heymilo::Error& error) {
    tell(explain(error));
    return code(exitCode(error));
  } catch (const OutputError& error) {
    tell(std::string(error.what()) + '\n');
    return code(ExitCode::failed);
  } catch (const std::exception& error) {
    tell("unexpected: " + printable(error.what()) + '\n');
    return code(ExitCode::failed);
  }
}

void tellOfWait(const heymilo::Event& event) {
  if (event.wait < std::chrono::seconds{1}) {
    return;
  }
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(event.wait).count();
  const std::string wait = std::to_string(seconds) + " s";
  if (event.kind == heymilo::EventKind::throttled) {
    tell("waiting " + wait + " to stay within the quota\n");
  } else if (event.kind == heymilo::EventKind::retry) {
    tell("waiting " + wait + " before trying again (attempt " + std::to_string(event.attempt) +
         (event.status != 0 ? " got status " + std::to_string(event.status) : " got no answer") +
         ")\n");
  }
}

heymilo::Client clientFromEnvironment(std::function<void(const heymilo::Event&)> on_event) {
  if (environment("HEYMILO_API_KEY").empty()) {
    throw UsageError("there is no API key.\nSet HEYMILO_API_KEY to it: export HEYMILO_API_KEY=...");
  }
  heymilo::ClientOptions options;
  options.user_agent = programName();
  options.on_event = std::move(on_event);
  return heymilo::Client::fromEnvironment(std::move(options));
}

CLI::Validator isoTime() {
  return CLI::Validator(
      [](const std::string& text) {
        try {
          heymilo::parseTimestamp(text);
          return std::string();
        } catch (const heymilo::InvalidArgumentError&) {
          return "not a time such as 2026-03-13 or 2026-03-13T00:00:00Z: " + text;
        }
      },
      "");
}

}  // namespace support
