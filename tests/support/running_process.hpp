#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heymilo_test {

/// A program that runs in parallel with the test and can receive signals. Its output goes to a
/// file. The destructor kills it if it is still running.
class RunningProcess {
 public:
  /// Starts it with only `environment` in its environment. Standard output and error are appended
  /// to `log`. Throws std::system_error.
  RunningProcess(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment, const std::string& log);
  /// The same with these descriptors as its standard input (less than 0: an empty one), output and
  /// error.
  RunningProcess(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment, int in, int out, int err);
  ~RunningProcess();
  RunningProcess(const RunningProcess&) = delete;
  RunningProcess& operator=(const RunningProcess&) = delete;

  void signal(int number) const;
  pid_t pid() const noexcept { return pid_; }
  /// How it ended: its exit code, or, if less than 0, the negated number of the signal that ended
  /// it. Empty if it has not ended after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);

 private:
  pid_t pid_ = 0;
  std::optional<int> ended_;
};

}  // namespace heymilo_test
