#pragma once

/// For a test program that includes this: a DNS lookup of the name `slow.test` takes until it is
/// released. It replaces the C library's getaddrinfo(), which is possible on Linux.
#ifdef __linux__

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>
#include <string_view>

namespace heymilo_test {

class SlowLookup {
 public:
  static SlowLookup& instance() {
    static SlowLookup lookup;
    return lookup;
  }

  /// Waits until that many lookups have begun, in total.
  void awaitBegun(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return begun_ >= count; });
  }
  /// Releases all of them, and waits until they have ended.
  void letGo() {
    std::unique_lock<std::mutex> lock(mutex_);
    let_go_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return begun_ == ended_; });
    let_go_ = false;
  }
  int begun() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return begun_;
  }

  /// On the lookup's thread.
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return let_go_; });
    ++ended_;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int begun_ = 0;
  int ended_ = 0;
  bool let_go_ = false;
};

}  // namespace heymilo_test

extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* name,
                                                                  const char* service,
                                                                  const addrinfo* hints,
                                                                  addrinfo** result) {
  if (name != nullptr && std::string_view(name) == "slow.test") {
    heymilo_test::SlowLookup::instance().wait();
    return EAI_NONAME;
  }
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto original = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return original(name, service, hints, result);
}

#endif
