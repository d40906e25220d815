#pragma once

#include <chrono>
#include <thread>

namespace heymilo_test {

/// Waits until the condition holds. False after 10 seconds.
template <class Condition>
bool eventually(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

}  // namespace heymilo_test
