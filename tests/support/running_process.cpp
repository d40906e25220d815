#include "support/running_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>

#include "support/spawn.hpp"

namespace heymilo_test {

RunningProcess::RunningProcess(const std::string& program,
                               const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment,
                               const std::string& log) {
  const int to = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (to < 0) {
    throw std::system_error(errno, std::generic_category(), log);
  }
  try {
    pid_ = spawn(program, arguments, environment, to, to);
  } catch (...) {
    close(to);
    throw;
  }
  close(to);
}

RunningProcess::RunningProcess(const std::string& program,
                               const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment, int in,
                               int out, int err)
    : pid_(spawn(program, arguments, environment, out, err, in)) {}

RunningProcess::~RunningProcess() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void RunningProcess::signal(int number) const { kill(pid_, number); }

std::optional<int> RunningProcess::wait(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!ended_) {
    int status = 0;
    const pid_t found = waitpid(pid_, &status, WNOHANG);
    if (found == pid_) {
      ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    } else if (std::chrono::steady_clock::now() >= end) {
      return std::nullopt;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
  return ended_;
}

}  // namespace heymilo_test
