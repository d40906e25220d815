#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heymilo_test {

/// A program that runs beside the test, so that it can be sent signals. What it writes goes to a
/// file. It is killed where it still runs when the object goes.
class RunningProcess {
 public:
  /// Starts it with nothing in its environment but `environment`. Standard output and error are
  /// appended to `log`. Throws std::system_error.
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
  /// How it ended: its exit code, or less than 0: the negative number of the signal that ended it.
  /// Empty where it has not ended after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);

 private:
  pid_t pid_ = 0;
  std::optional<int> ended_;
};

}  // namespace heymilo_test
