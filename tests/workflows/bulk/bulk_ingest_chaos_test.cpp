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
    if (!copied_ && now() < next_) {
      whileAllAreStopped([&] { copied_ = copy(); });
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
    copied_ = copied_ && below(3) == 0;
  }

  void expectLosses() const {
    std::cout << lost_ << " journals lost or restored, " << lost_alive_
              << " of them while workers lived\n";
    EXPECT_GT(lost_ + lost_alive_, 1u);
  }

 private:
  std::string inCopy() const { return directory.file("copy/journal"); }

  /// Somebody has begun to change it.
  bool isBeingWritten() const { return fs::exists(journal() + "-journal"); }

  /// A copy as a backup should be: of a moment in which nobody writes.
  bool copy() const {
    if (!fs::exists(journal()) || !fs::exists(journal() + "-run") || isBeingWritten()) {
      return false;
    }
    for (const char* const suffix : {"", "-run"}) {
      fs::copy_file(journal() + suffix, inCopy() + suffix, fs::copy_options::overwrite_existing);
    }
    return true;
  }

  /// Deletes the journal or replaces it by the copy, with or without the file beside it. `alive`:
  /// some have it open.
  void lose(bool alive) {
    const bool restored = fs::exists(inCopy()) && below(2) == 0;
    if (restored || below(5) != 0) {
      fs::remove(journal() + "-journal");
    }
    if (restored) {
      put("", alive);
    } else {
      fs::remove(journal());
    }
    switch (below(3)) {
      case 0:
        fs::remove(journal() + "-run");
        break;
      case 1:
        if (restored) {
          put("-run", alive);
        }
        break;
      default:
        break;
    }
  }

  /// A file that somebody has open is replaced, not overwritten.
  void put(const std::string& suffix, bool alive) {
    if (alive || below(2) == 0) {
      fs::copy_file(inCopy() + suffix, journal() + "-new");
      fs::rename(journal() + "-new", journal() + suffix);
    } else {
      fs::copy_file(inCopy() + suffix, journal() + suffix, fs::copy_options::overwrite_existing);
    }
  }

  Time next_{};
  bool copied_ = false;
  std::size_t lost_ = 0, lost_alive_ = 0;
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
