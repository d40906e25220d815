#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heymilo_test {

/// The destination of a child's standard output.
struct ChildStdout {
  static ChildStdout captured() { return {}; }
  /// Captured from a terminal with this many columns.
  static ChildStdout terminal(unsigned short columns);
  /// The same, with standard error as well.
  static ChildStdout terminalForAll(unsigned short columns);
  /// A file or device, such as `/dev/full`. Not captured.
  static ChildStdout file(std::string path);
  /// A pipe without a reader.
  static ChildStdout brokenPipe();

  std::optional<unsigned short> columns;
  std::optional<std::string> path;
  bool broken = false;
  bool with_error = false;
};

struct ChildResult {
  int exit_code = -1;  ///< -1: ended by a signal
  int signal = 0;      ///< 0: exited
  std::string out;
  std::string err;
};

/// Runs a program to its end as a separate process, with only `environment` in its environment and
/// with an empty standard input. Throws std::runtime_error if it can't be started, or has not ended
/// after a minute; it is then killed.
ChildResult runChild(const std::string& program, const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment,
                     const ChildStdout& standard_output = ChildStdout::captured());

}  // namespace heymilo_test
