#include "base/per_process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

namespace heymilo {
namespace {

/// What `run` returns in a child of this process, 0 to 255.
template <class Run>
int inAChild(const Run& run) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(run());
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(PerProcess, AChildHasOneOfItsOwn) {
  int made = 0;
  PerProcess<int> number([&] { return std::make_unique<int>(10 * ++made); });
  EXPECT_EQ(*number, 10);
  EXPECT_EQ(inAChild([&] { return *number; }), 20);
  *number = 11;
  EXPECT_EQ(inAChild([&] { return *number + *number; }), 40);  // the same one each time
  EXPECT_EQ(*number, 11);
  EXPECT_EQ(made, 1);
}

TEST(PerProcess, TheParentsIsNotDestroyedInAChild) {
  struct Noted {
    int* destroyed;
    ~Noted() { ++*destroyed; }
  };
  int destroyed = 0;
  auto held = std::make_unique<PerProcess<Noted>>(
      [&] { return std::unique_ptr<Noted>(new Noted{&destroyed}); });
  EXPECT_EQ(inAChild([&] {
              held.reset();
              return destroyed;
            }),
            0);
  held.reset();
  EXPECT_EQ(destroyed, 1);
}

}  // namespace
}  // namespace heymilo
