// Two shared objects with a client each, in one process; one of them is unloaded.

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "heymilo/testing/mock_server.hpp"

namespace {

using heymilo::testing::MockServer;

class Module {
 public:
  explicit Module(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) {
      throw std::runtime_error(dlerror());
    }
    begin = reinterpret_cast<void (*)(const char*)>(dlsym(handle_, "guestBegin"));
    count = reinterpret_cast<int (*)(const char*)>(dlsym(handle_, "guestCount"));
    end = reinterpret_cast<void (*)()>(dlsym(handle_, "guestEnd"));
  }
  void unload() { EXPECT_EQ(dlclose(handle_), 0); }

  void (*begin)(const char*);
  int (*count)(const char*);
  void (*end)();

 private:
  void* handle_;
};

bool isMapped(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(path) != std::string::npos) {
      return true;
    }
  }
  return false;
}

std::size_t threads() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

TEST(GuestModules, TwoLiveSideBySideAndOneMayGo) {
  MockServer server;
  server.addPosting("p", 230);
  const std::string url = server.url();
  Module one(HEYMILO_GUEST_MODULE_ONE);
  Module two(HEYMILO_GUEST_MODULE_TWO);
  one.begin(url.c_str());
  two.begin(url.c_str());
  std::thread beside([&] {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(two.count("p"), 230);
    }
  });
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(one.count("p"), 230);
  }
  EXPECT_EQ(one.count("nobody"), -404);
  beside.join();
  one.end();
  one.unload();
  EXPECT_FALSE(isMapped(HEYMILO_GUEST_MODULE_ONE));
  EXPECT_EQ(two.count("p"), 230);
  EXPECT_EQ(two.count("nobody"), -404);
  two.end();
  two.unload();
  while (server.openConnections() != 0) {
    std::this_thread::yield();
  }

  // And again: the first ones have left nothing that disturbs the second.
  const std::size_t before = threads();
  Module again(HEYMILO_GUEST_MODULE_ONE);
  again.begin(url.c_str());
  EXPECT_EQ(again.count("p"), 230);
  again.end();
  again.unload();
  while (server.openConnections() != 0) {
    std::this_thread::yield();
  }
  EXPECT_LE(threads(), before);
}

}  // namespace
