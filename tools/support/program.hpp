#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <heymilo/client.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

/// Common parts of the programs: results go to stdout, everything else to stderr.
namespace support {

/// The exit code of a program.
enum class ExitCode {
  done = 0,
  failed = 1,  ///< the API, the network or a file to be written failed, and there is no result
  usage = 2,   ///< the arguments or the environment can't be used: nothing was sent
  in_part = 3  ///< there are results, but not all of them
};

/// Invalid arguments or environment.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The exit code for an error without results.
ExitCode exitCode(const heymilo::Error& error);

/// Writes a line to stderr, after the program's name; further lines follow unchanged. Text from
/// other sources must be made printable() first.
void tell(std::string_view text);
/// tell() for errors: the program's name is red if isColored().
void complain(std::string_view text);

/// The name of another program, with a prefix if this program's name has it.
std::string programNamed(std::string_view name);

/// The end of --help of the programs that use the API: environment variables, exit codes and these
/// examples.
std::string apiFooter(const std::string& examples);

/// Adds --color and --version, parses the command line and runs `body`. Its exceptions are
/// explained on stderr; the return value is for main().
int runProgram(CLI::App& app, int argc, char** argv, const std::function<ExitCode()>& body);

/// Reports on stderr when a call waits for more than a second. Why it waits for longer than the
/// window of a shared quota is explained.
void reportWait(const heymilo::Event& event);

/// A client from HEYMILO_API_KEY and the other variables of Client::fromEnvironment(). Throws
/// UsageError without a key, and InvalidArgumentError for an invalid variable.
heymilo::Client clientFromEnvironment(
    std::function<void(const heymilo::Event&)> on_event = &reportWait);

/// For CLI11: accepts the texts of parseTimestamp().
CLI::Validator isoTime();
/// For CLI11: accepts a number from `least` to `most`.
CLI::Validator numberBetween(double least, double most);

}  // namespace support
