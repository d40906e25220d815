#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heymilo_test {

/// Where a child's standard output goes.
struct ChildStdout {
  static ChildStdout captured() { return {}; }
  /// Captured from a terminal with so many columns.
  static ChildStdout terminal(unsigned short columns);
  /// The same, with standard error there too.
  static ChildStdout terminalForAll(unsigned short columns);
  /// A file or device, such as `/dev/full`. Not captured.
  static ChildStdout file(std::string path);
  /// A pipe that nobody reads from.
  static ChildStdout brokenPipe();

  std::optional<unsigned short> columns;
  std::optional<std::string> path;
  bool broken = false;
  bool with_error = false;
};

struct ChildResult {
  int exit_code = -1;  ///< -1: ended by a signal
  int signal = 0;      ///< 0: ended by itself
  std::string out;
  std::string err;
};

/// Runs a program to its end as a process of its own, with nothing in its environment but
/// `environment` and with an empty standard input. Throws std::runtime_error where it can't be
/// started, or has not ended after a minute; then it is killed.
ChildResult runChild(const std::string& program, const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment,
                     const ChildStdout& standard_output = ChildStdout::captured());

}  // namespace heymilo_test
