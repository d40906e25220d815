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
  failed = 1,  ///< the API, the network or a file to be written failed, and there is no result
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
/// tell() of what went wrong: the program's name is red where that isColored().
void complain(std::string_view text);

/// What another of the programs is called: as this one, with a prefix where this one has it.
std::string programNamed(std::string_view name);

/// The end of --help of the programs that use the API: environment variables, exit codes and these
/// examples.
std::string apiFooter(const std::string& examples);

/// Adds --color and --version, parses the command line and runs `body`. What it throws is explained
/// on stderr; the return value is for main().
int runProgram(CLI::App& app, int argc, char** argv, const std::function<ExitCode()>& body);

/// Tells on stderr when a call has to wait for more than a second.
void tellOfWait(const heymilo::Event& event);

/// A client as HEYMILO_API_KEY and the other variables of Client::fromEnvironment() say. Throws
/// UsageError where there is no key, and InvalidArgumentError where a variable can't be used.
heymilo::Client clientFromEnvironment(
    std::function<void(const heymilo::Event&)> on_event = &tellOfWait);

/// For CLI11: accepts what parseTimestamp() does.
CLI::Validator isoTime();
/// For CLI11: accepts a number from `least` to `most`.
CLI::Validator numberBetween(double least, double most);

}  // namespace support
