#include "base/signals_blocked.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <csignal>
#include <thread>

namespace heymilo {
namespace {

bool isBlocked(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

TEST(SignalsBlocked, ForThisThreadAndThoseThatItStarts) {
  ASSERT_FALSE(isBlocked(SIGTERM));
  {
    const SignalsBlocked blocked;
    EXPECT_TRUE(isBlocked(SIGTERM));
    EXPECT_TRUE(isBlocked(SIGINT));
    EXPECT_TRUE(isBlocked(SIGPIPE));
    bool in_thread = false;
    std::thread([&] { in_thread = isBlocked(SIGTERM); }).join();
    EXPECT_TRUE(in_thread);
  }
  EXPECT_FALSE(isBlocked(SIGTERM));
}

TEST(SignalsBlocked, WhatWasBlockedBeforeStaysBlocked) {
  sigset_t usr1;
  sigset_t before;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &usr1, &before);
  { const SignalsBlocked blocked; }
  EXPECT_TRUE(isBlocked(SIGUSR1));
  EXPECT_FALSE(isBlocked(SIGTERM));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace heymilo
