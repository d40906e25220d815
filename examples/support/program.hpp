#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <heymilo/client.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

/// What the example programs have in common: results go to stdout, everything else to stderr.
namespace support {

/// How a program ended.
enum class ExitCode {
  done = 0,
  failed = 1,  ///< the API or the network failed, and there is no result
  usage = 2,   ///< the arguments or the environment can't be used: nothing was sent
  in_part = 3  ///< there are results, but not all of them
};

/// The arguments or the environment can't be used.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How a program ends that has no results but this error.
ExitCode exitCode(const heymilo::Error& error);

/// A line on stderr, after the program's name; further lines as they are. Text that comes from
/// elsewhere is to be made printable() first.
void tell(std::string_view text);

/// Adds --version, and to --help the environment variables and exit codes, parses the command line
/// and runs `body`. What it throws is explained on stderr; the return value is for main().
int runProgram(CLI::App& app, int argc, char** argv, const std::function<ExitCode()>& body);

/// Tells on stderr when a call has to wait for more than a second.
void tellOfWait(const heymilo::Event& event);

/// A client as HEYMILO_API_KEY, HEYMILO_BASE_URL and HEYMILO_WORKSPACE_ID say. Throws UsageError
/// where there is no key, and InvalidArgumentError where a variable can't be used.
heymilo::Client clientFromEnvironment(
    std::function<void(const heymilo::Event&)> on_event = &tellOfWait);

/// For CLI11: accepts what parseTimestamp() does.
CLI::Validator isoTime();

}  // namespace support
