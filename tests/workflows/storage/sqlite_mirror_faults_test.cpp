// The mirror in SQLite when its file is replaced by an older copy, or can't be written, or the disk
// is full. After each of these, the next run makes it equal to the API's list, field by field, and
// nobody who was erased is back. For a program that is killed see workflows/mirror/mirror_kill.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/faults.hpp"
#include "support/full_disk.hpp"
#include "support/mirror_fakes.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/mirror/mirror_rules.hpp"
#include "workflows/mirror/sqlite_files.hpp"

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
using heymilo::CandidateResponse;
using heymilo::StoreError;
using heymilo::test::FakeList;
using heymilo::workflows::MirrorOptions;
using heymilo::workflows::MirrorResult;
using std::chrono::minutes;
using ::testing::HasSubstr;

class SqliteMirrorFaults : public ::testing::Test {
 protected:
  SqliteMirrorFaults() {
    list.add(250, kBegin, minutes{1});
    run();
  }

  /// A run over everything that erases at once, and closes the file.
  MirrorResult run(const std::function<void()>& after_a_page = nullptr) {
    MirrorOptions options;
    options.full = true;
    options.erase_after = std::chrono::hours{0};
    options.on_progress = [&](const heymilo::workflows::MirrorProgress&) {
      if (after_a_page) {
        after_a_page();
      }
    };
    heymilo::workflows::SqliteMirror sink(file, "p");
    return mirrorCandidates(list.client(), "p", sink, options);
  }

  /// Somebody progresses, somebody is new, some are deleted.
  void change() {
    list.candidates[random() % list.candidates.size()].score = static_cast<double>(random() % 100);
    ++added;
    list.candidates.push_back(heymilo::test::mirroredCandidate("new-" + std::to_string(added),
                                                               kBegin + minutes{1'000 + added}));
    for (int count = 0; count < 20; ++count) {
      removed.push_back(list.candidates[random() % list.candidates.size()]);
      list.remove(removed.back().interview_id);
    }
  }

  void expectInStep() {
    bool resumed = false;
    ASSERT_NO_THROW(resumed = run().resumed);
    if (resumed) {  // what was stored before is not read again
      run();
    }
    expectEqual(SqliteFiles(directory.path()).candidates("p"), list.candidates);
    for (const auto& entry : fs::directory_iterator(directory.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      for (const CandidateResponse& one : removed) {
        ASSERT_EQ(bytes.find('"' + one.email + '"'), std::string::npos)
            << entry.path() << ' ' << one.email;
      }
    }
  }

  void save(const std::string& name) const {
    fs::copy_file(file, elsewhere.file(name), fs::copy_options::overwrite_existing);
  }
  /// As another file of this name, or in the file itself.
  void restore(const std::string& name, bool in_place) const {
    if (!in_place) {
      fs::remove(file);
    }
    fs::copy_file(elsewhere.file(name), file, fs::copy_options::overwrite_existing);
  }

  const std::uint64_t seed = setting("HEYMILO_TEST_SEED", std::random_device{}());
  std::mt19937_64 random{seed};
  FakeList list;
  std::vector<CandidateResponse> removed;
  int added = 0;
  const TemporaryDirectory directory, elsewhere;
  const std::string file = directory.file("p.db");
};

TEST_F(SqliteMirrorFaults, AnOlderCopyIsRestored) {
  SCOPED_TRACE("HEYMILO_TEST_SEED=" + std::to_string(seed));
  save("first");
  change();
  expectInStep();
  change();
  list.before = [](std::size_t request) -> std::optional<heymilo::HttpResponse> {
    return request % 3 == 0 ? std::optional(heymilo::testing::jsonAnswer(403, "{}")) : std::nullopt;
  };
  list.queries.clear();
  EXPECT_THROW(run(), heymilo::PermissionDeniedError);
  list.before = nullptr;
  save("within a walk");
  for (const char* copy : {"first", "within a walk"}) {
    for (const bool in_place : {false, true}) {
      SCOPED_TRACE(copy);
      change();
      expectInStep();
      change();
      restore(copy, in_place);
      expectInStep();
    }
  }
}

TEST_F(SqliteMirrorFaults, AnOlderCopyTakesItsPlaceDuringARun) {
  save("copy");
  change();
  expectInStep();
  change();
  EXPECT_THROW(run([&] { restore("copy", false); }), StoreError);
  // SQLite's files of the former one would be taken for the copy's.
  fs::remove(file + "-wal");
  fs::remove(file + "-shm");
  expectInStep();
}

// The disk is full after more bytes each time.
TEST_F(SqliteMirrorFaults, AFullDisk) {
  SCOPED_TRACE("HEYMILO_TEST_SEED=" + std::to_string(seed));
  std::size_t refused = 0, done = 0;
  for (std::uintmax_t limit = 4'096; done < 3; limit += limit / 2) {
    SCOPED_TRACE(limit);
    change();
    for (int count = 0; count < 20; ++count) {  // as many as were deleted
      ++added;
      list.candidates.push_back(heymilo::test::mirroredCandidate("new-" + std::to_string(added),
                                                                 kBegin + minutes{1'000 + added}));
    }
    {
      const FullDisk disk;
      disk.begin(limit);
      try {
        run();
        ++done;
      } catch (const StoreError& error) {
        ++refused;
        EXPECT_THAT(error.what(), HasSubstr(file));
        EXPECT_THAT(error.what(), HasSubstr("disk"));
      }
    }
    expectInStep();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_LT(refused, 100u);
  }
  EXPECT_GE(refused, 5u);
}

/// Not root, whom no permission stops.
class Unprivileged {
 public:
  explicit Unprivileged(const std::string& folder) {
    if (::geteuid() == 0) {
      constexpr uid_t kNobody = 65'534;
      EXPECT_EQ(::chown(folder.c_str(), kNobody, kNobody), 0);
      for (const auto& entry : fs::directory_iterator(folder)) {
        EXPECT_EQ(::chown(entry.path().c_str(), kNobody, kNobody), 0);
      }
      EXPECT_EQ(::seteuid(kNobody), 0);
    }
  }
  ~Unprivileged() {
    if (::getuid() == 0) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
};

TEST_F(SqliteMirrorFaults, AFolderThatCanNotBeWritten) {
  auto user = std::make_unique<const Unprivileged>(directory.path());
  const auto refusal = [&] {
    try {
      run();
      return std::string("none");
    } catch (const StoreError& error) {
      return std::string(error.what());
    }
  };
  change();
  fs::permissions(directory.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(refusal(), HasSubstr(file));
  fs::permissions(directory.path(), fs::perms::owner_all);
  fs::permissions(file, fs::perms::owner_read);
  EXPECT_THAT(refusal(), HasSubstr("not writable"));
  for (const auto& entry : fs::directory_iterator(directory.path())) {  // SQLite gives all its mode
    fs::permissions(entry.path(), fs::perms::owner_read | fs::perms::owner_write);
  }
  user.reset();  // who may not be able to read this project's files
  expectInStep();
}

}  // namespace
}  // namespace heymilo_test
