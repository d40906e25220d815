#include "workflows/bulk/default_journal.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "heymilo/errors.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

#ifndef _WIN32

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;

class DefaultJournal : public ::testing::Test {
 protected:
  DefaultJournal() {
    ::unsetenv("XDG_STATE_HOME");
    ::setenv("HOME", home.file("me").c_str(), 1);
  }
  ~DefaultJournal() override {
    before.empty() ? ::unsetenv("HOME") : ::setenv("HOME", before.c_str(), 1);
  }

  static std::string homeNow() {
    const char* value = std::getenv("HOME");
    return value == nullptr ? "" : value;
  }

  const std::string before = homeNow();
  TemporaryDirectory home;
};

TEST_F(DefaultJournal, IsOneForAnApiAndAPosting) {
  const std::string state = home.file("me") + "/.local/state/heymilo/";
  EXPECT_EQ(defaultJournal("https://api.heymilo.ai", "p1"), state + "api.heymilo.ai/p1.journal");
  EXPECT_EQ(defaultJournal("http://localhost:8080/v1", "../p 2"),
            state + "localhost%3A8080/%2E.%2Fp%202.journal");
  const fs::perms own = fs::perms::owner_all;
  for (const char* folder : {"", "api.heymilo.ai", "localhost%3A8080"}) {
    EXPECT_EQ(fs::status(state + folder).permissions(), own) << folder;
  }
  EXPECT_FALSE(fs::exists(state + "api.heymilo.ai/p1.journal"));
}

TEST_F(DefaultJournal, IsInTheFolderForState) {
  ::setenv("XDG_STATE_HOME", home.file("state").c_str(), 1);
  EXPECT_EQ(defaultJournal("https://api.heymilo.ai", "p"),
            home.file("state") + "/heymilo/api.heymilo.ai/p.journal");
  ::setenv("XDG_STATE_HOME", "relative", 1);  // is to be ignored
  EXPECT_EQ(defaultJournal("https://h", "p"),
            home.file("me") + "/.local/state/heymilo/h/p.journal");
  ::unsetenv("XDG_STATE_HOME");
}

TEST_F(DefaultJournal, IsNotWhereThereIsNoHome) {
  ::unsetenv("HOME");
  EXPECT_THROW(defaultJournal("https://h", "p"), InvalidArgumentError);
}

TEST_F(DefaultJournal, IsNotWhereAFolderCanNotBeMade) {
  ::setenv("HOME", "/dev/null", 1);
  EXPECT_THROW(defaultJournal("https://h", "p"), StoreError);
}

}  // namespace
}  // namespace heymilo_test

#endif
