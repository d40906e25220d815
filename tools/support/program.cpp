#include "support/program.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <heymilo/version.hpp>
#include <memory>
#include <sstream>
#include <utility>

#include "support/color.hpp"
#include "support/database_url.hpp"
#include "support/descriptor_io.hpp"
#include "support/explain.hpp"
#include "support/help.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/progress_line.hpp"
#include "support/shared_quota.hpp"
#include "support/standard_descriptors.hpp"
#include "support/stop.hpp"
#include "support/terminal.hpp"

namespace support {

namespace {

constexpr const char* kApiFooter = R"(Environment:
  HEYMILO_API_KEY         The API key; required
  HEYMILO_BASE_URL        The API's URL (default: https://api.heymilo.ai)
  HEYMILO_WORKSPACE_ID    The workspace, for keys with access to several
  HEYMILO_RATE_LIMIT      The quota: N/SECONDS[/RESERVE] (default: 300/60), or none
  HEYMILO_QUOTA           Who shares it: process (default), machine, machine:PATH
                          (an absolute path) or postgresql://...
  SSL_CERT_FILE           A PEM file of CAs to trust instead of the system's
  SSL_CERT_DIR            A directory of them, made by openssl rehash
  NO_COLOR                If not empty, nothing is coloured automatically

Results go to standard output, everything else to standard error. The exit code
is 0 (done), 1 (the API, the network or a file to be written failed), 2 (usage:
nothing was sent) or 3 (done in part). An unwritable or closed standard output
counts as a failed file. Ctrl-C (SIGINT), SIGTERM and SIGHUP shut the program
down: exit code 3 (a list of nobody: 1). A second one stops it immediately.
A signal that was ignored when the program was started (nohup) stays ignored.

Examples:
)";

std::string& programName() {
  static std::string name = "heymilo";
  return name;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// Servers may quote their input. A key this short is not real, and would mask other words.
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

void write(const std::string& name, std::string_view text) {
  const std::string line =
      std::string(clearProgressLine()) + name + ": " + withoutKey(withoutPasswords(text));
  writeAll(static_cast<int>(Stream::error), line);  // a failure here can't be reported
}

/// The error message. CLI11 reports a missing option first, but an unknown option may be the cause.
std::string complaintOf(const CLI::App& app, const CLI::ParseError& error) {
  for (const std::string& argument : app.remaining()) {
    if (argument.size() > 1 && argument.front() == '-') {
      return "unknown option " + argument;
    }
  }
  return error.what();
}

/// Writes the output of --help and --version.
ExitCode show(const std::string& text) {
  try {
    Output output;
    output.write(text);
    output.finish();
    return ExitCode::done;
  } catch (const OutputError& error) {
    complain(std::string(error.what()) + '\n');
    return ExitCode::failed;
  }
}

/// Parses the command line. An exit code ends the program; empty continues.
std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& asked_for) {  // --help, --version
    std::ostringstream out;
    std::ostringstream err;
    app.exit(asked_for, out, err);
    return code(show(out.str()));
  } catch (const CLI::ParseError& error) {
    complain(printable(complaintOf(app, error)) + "\nRun " + programName() +
             " --help to see its arguments and options.\n");
    return code(ExitCode::usage);
  }
}

}  // namespace

ExitCode exitCode(const heymilo::Error& error) {
  const bool refused = dynamic_cast<const heymilo::InvalidArgumentError*>(&error) != nullptr;
  return refused ? ExitCode::usage : ExitCode::failed;
}

void tell(std::string_view text) { write(programName(), text); }

void complain(std::string_view text) {
  write(isColored(Stream::error) ? inColor(programName(), Color::red) : programName(), text);
}

std::string programNamed(std::string_view name) {
  constexpr std::string_view kPrefix = "heymilo-";
  if (programName().compare(0, kPrefix.size(), kPrefix) != 0) {
    return std::string(name);
  }
  std::string installed = std::string(kPrefix).append(name);
  std::replace(installed.begin(), installed.end(), '_', '-');
  return installed;
}

std::string apiFooter(const std::string& examples) { return kApiFooter + examples; }

int runProgram(CLI::App& app, int argc, char** argv, const std::function<ExitCode()>& body) {
  fillStandardDescriptors();
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_IGN);  // a closed reader is an OutputError
#endif
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an OutputError
#endif
  // By its name when called: it may be installed under another one.
  programName() = argc > 0 ? std::filesystem::path(argv[0]).stem().string() : app.get_name();
  app.name(programName());
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "Show this help and exit");
  app.add_option_function<std::string>(
         "--color", &setColorMode, "auto: colours on a terminal; always; never")
      ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
      ->type_name("WHEN")
      ->default_str("auto");
  app.set_version_flag("--version", programName() + " " + std::string(heymilo::version()));
  app.get_version_ptr()->description("Show the version and exit");
  if (const std::optional<int> exit = parse(app, argc, argv)) {
    return *exit;
  }
  try {
    return code(body());
  } catch (const UsageError& error) {
    complain(std::string(error.what()) + '\n');
    return code(ExitCode::usage);
  } catch (const heymilo::Error& error) {
    complain(explain(error));
    return code(exitCode(error));
  } catch (const OutputError& error) {
    complain(std::string(error.what()) + '\n');
    return code(ExitCode::failed);
  } catch (const Stopped&) {
    complain("stopped before anything was done.\n");
    return code(ExitCode::failed);
  } catch (const std::exception& error) {
    complain("unexpected: " + printable(error.what()) + '\n');
    return code(ExitCode::failed);
  }
}

void reportWait(const heymilo::Event& event) {
  if (event.wait < std::chrono::seconds{1}) {
    return;
  }
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(event.wait).count();
  const std::string wait = std::to_string(seconds) + " s";
  if (event.kind == heymilo::EventKind::throttled) {
    const std::string reason = event.held ? std::string() : reasonOfLongWait(event.wait);
    tell(reason.empty() ? "waiting " + wait + " to stay within the quota\n"
                        : "waiting up to " + wait + ": " + reason + '\n');
  } else if (event.kind == heymilo::EventKind::retry) {
    tell("waiting " + wait + " before trying again (attempt " + std::to_string(event.attempt) +
         (event.status != 0 ? " got status " + std::to_string(event.status) : " got no response") +
         ")\n");
  }
}

heymilo::Client clientFromEnvironment(std::function<void(const heymilo::Event&)> on_event) {
  if (environment("HEYMILO_API_KEY").empty()) {
    throw UsageError("the API key is missing.\nSet HEYMILO_API_KEY: export HEYMILO_API_KEY=...");
  }
  heymilo::ClientOptions options;
  options.user_agent = programName();
  options.on_event = std::move(on_event);
  options.quota = postgresQuotaFromEnvironment();
  return heymilo::Client::fromEnvironment(std::move(options));
}

CLI::Validator isoTime() {
  return CLI::Validator(
      [](const std::string& text) {
        try {
          heymilo::parseTimestamp(text);
          return std::string();
        } catch (const heymilo::InvalidArgumentError&) {
          return "expected a time such as 2026-03-13 or 2026-03-13T00:00:00Z: " + text;
        }
      },
      "");
}

CLI::Validator numberBetween(double least, double most) {
  return CLI::Validator(
      [least, most](const std::string& text) {
        double number = 0;
        if (CLI::detail::lexical_cast(text, number) && number >= least && number <= most) {
          return std::string();
        }
        std::ostringstream complaint;
        complaint << "expected a number from " << least << " to " << most << ": " << text;
        return complaint.str();
      },
      "");
}

}  // namespace support
