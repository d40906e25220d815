#include "base/process_id.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>

#include <csignal>
#endif

namespace heymilo {
namespace {

/// Whether a child, which `fork` makes, and its own child see their own processes.
template <class Fork>
bool isRightInChildren(const Fork& fork) {
  EXPECT_EQ(processId(), getpid());
  const long child = fork();
  if (child == 0) {
    const bool right = processId() == getpid() && processId() == getpid();
    const long grandchild = fork();
    if (grandchild == 0) {
      _exit(processId() == getpid() ? 0 : 1);
    }
    int status = 0;
    waitpid(static_cast<pid_t>(grandchild), &status, 0);
    _exit(right && status == 0 ? 0 : 1);
  }
  int status = 1;
  EXPECT_EQ(waitpid(static_cast<pid_t>(child), &status, 0), child);
  EXPECT_EQ(processId(), getpid());
  return status == 0;
}

TEST(ProcessId, IsTheProcessInAChildToo) {
  EXPECT_TRUE(isRightInChildren([] { return static_cast<long>(::fork()); }));
}

#ifdef __linux__
// Handlers of pthread_atfork() do not run there.
TEST(ProcessId, IsTheProcessInAChildOfABareClone) {
  EXPECT_TRUE(isRightInChildren([] {
    return static_cast<long>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  }));
}
#endif

}  // namespace
}  // namespace heymilo
