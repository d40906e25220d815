// All accidents at the same time: processes of bulk_ingest are killed and stopped, the file lives,
// the API fails, and the journal is deleted or replaced by an older copy. In the end everybody is
// in the posting exactly once.
//
// HEYMILO_TEST_SEED and HEYMILO_TEST_SECONDS repeat it or make it longer.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "support/ingest_chaos.hpp"

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;

class BulkIngestChaos : public IngestChaos {
 protected:
  explicit BulkIngestChaos(const Setup& setup = {25}) : IngestChaos(setup) {
    fs::create_directory(directory.file("state"));
    fs::create_directory(directory.file("copy"));
  }

  std::string journal() const override { return directory.file("state/journal"); }

  void meddle() override {
    if (next_ == Time()) {
      next_ = now() + std::chrono::milliseconds{2'000 + below(2'000)};
    }
    if (below(20) == 0) {
      whileAllAreStopped([&] { copy(); });
    }
    if (now() < next_) {
      return;
    }
    // A whole adoption must fit in the time that is left, and some accidents after it.
    const auto enough = adoption() + std::chrono::seconds{3};
    const bool last = left() < enough + std::chrono::seconds{4} && lost_alive_ == 0;
    const bool alive = left() > enough && (last || below(4) == 0);
    if (alive) {
      bool lost = false;
      whileAllAreStopped([&] { lost = !isBeingWritten() && (lose(true), true); });
      if (!lost) {
        return;  // SQLite allows nobody to replace a file in the middle of a transaction
      }
      ++lost_alive_;
      start({}, adoption());  // two first runs that live until they are done
      start({}, adoption());
      next_ = now() + adoption() + std::chrono::milliseconds{below(3'000)};
    } else {
      killAll();
      lose(false);
      ++lost_;
      start({}, 2 * settle());
      if (below(4) != 0) {  // it is alone when it begins, and need not wait for workers elsewhere
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
      }
      next_ = now() + std::chrono::milliseconds{2'500 + below(1'500)};
    }
  }

  void expectLosses() const {
    std::cout << lost_ + lost_alive_ << " journals lost, " << lost_alive_
              << " of them while workers lived, " << restored_ << " replaced by an older copy\n";
    EXPECT_GT(lost_ + lost_alive_, 1u);
  }

 private:
  static constexpr std::uint64_t kCopies = 3;

  std::string copyOf(std::uint64_t number) const {
    return directory.file("copy/journal" + std::to_string(number));
  }
  /// One of the older copies, or where the next one is put.
  std::string someCopy() { return copyOf(below(kCopies)); }

  /// Somebody has begun to change it.
  bool isBeingWritten() const { return fs::exists(journal() + "-journal"); }

  /// A copy as a backup should be: of a moment in which nobody writes.
  void copy() {
    if (fs::exists(journal()) && fs::exists(journal() + "-run") && !isBeingWritten()) {
      const std::string to = someCopy();
      for (const char* const suffix : {"", "-run"}) {
        fs::copy_file(journal() + suffix, to + suffix, fs::copy_options::overwrite_existing);
      }
    }
  }

  /// Deletes the journal or replaces it by a copy, with or without the file beside it. `alive`:
  /// some have it open, so that SQLite allows nobody to overwrite it. Both files overwritten in
  /// place are what nobody can tell from the last ones.
  void lose(bool alive) {
    const std::string from = someCopy();
    const bool restored = fs::exists(from) && below(3) != 0;
    const bool in_place = restored && !alive && below(2) == 0;
    if (restored || below(5) != 0) {
      fs::remove(journal() + "-journal");
    }
    if (in_place) {
      fs::copy_file(from, journal(), fs::copy_options::overwrite_existing);
    } else if (restored) {
      put(from, "");
    } else {
      fs::remove(journal());
    }
    if (below(3) == 0) {
      fs::remove(journal() + "-run");
    } else if (restored && !in_place && fs::exists(from + "-run") && below(2) == 0) {
      put(from, "-run");
    }
    restored_ += restored ? 1U : 0U;
    // Another file may get the number of a file that is gone, and these name the journal's.
    for (std::uint64_t number = 0; number < kCopies; ++number) {
      fs::remove(copyOf(number) + "-run");
    }
  }

  void put(const std::string& from, const std::string& suffix) const {
    fs::copy_file(from + suffix, journal() + "-new");
    fs::rename(journal() + "-new", journal() + suffix);
  }

  Time next_{};
  std::size_t lost_ = 0, lost_alive_ = 0, restored_ = 0;
};

class BulkIngestChaosAsync : public BulkIngestChaos {
 protected:
  BulkIngestChaosAsync()
      : BulkIngestChaos(
            {10, true, std::chrono::milliseconds{800}, std::chrono::milliseconds{2'500}}) {}
};

TEST_F(BulkIngestChaos, EverybodyIsThereOnce) {
  SCOPED_TRACE(trace());
  runWithAccidents();
  expectLosses();
  expectEverybodyOnce();
}

TEST_F(BulkIngestChaosAsync, EverybodyIsThereOnce) {
  SCOPED_TRACE(trace());
  runWithAccidents();
  expectLosses();
  expectEverybodyOnce(3);
}

}  // namespace
}  // namespace heymilo_test
