// The requests with which a run of a mirror finds deletions among candidates whom it does not read
// otherwise, compared with a run that reads everything. The server is in the same process.
//
//   deletion_search_benchmark [--brief]

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/sqlite_mirror.hpp"

namespace {

using heymilo::testing::MockServer;
using heymilo::workflows::MirrorResult;
using Clock = std::chrono::steady_clock;

/// A posting and its mirror, in a file that is deleted with this object.
class Posting {
 public:
  explicit Posting(std::size_t candidates) : random_(1) {
    removeFiles();
    server_.addPosting("posting", candidates);
    server_.advance(MockServer::workflow_time);  // all are in final states
    for (const nlohmann::json& one : server_.candidates("posting")) {
      ids_.push_back(one["interview_id"]);
    }
    run(true);
  }
  ~Posting() { removeFiles(); }
  Posting(const Posting&) = delete;
  Posting& operator=(const Posting&) = delete;

  /// Deletes some of them, and measures the next run. The newest tenth is spared.
  void measure(std::size_t deletions, bool in_one_place) {
    const std::size_t old = ids_.size() * 9 / 10;
    std::size_t at = in_one_place ? random_() % (old - deletions) : 0;
    for (std::size_t i = 0; i < deletions; ++i) {
      at = in_one_place ? at : random_() % (old - i);
      server_.removeCandidate(ids_[at]);
      ids_.erase(ids_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const auto begin = Clock::now();
    const MirrorResult result = run(false);
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    if (result.gone != deletions || result.full) {
      throw std::runtime_error("the run did not find them");
    }
    std::printf("%9zu  %-12s  %9llu  %8llu  %8.2f s\n",
                deletions,
                deletions < 2  ? "-"
                : in_one_place ? "in one place"
                               : "anywhere",
                static_cast<unsigned long long>(result.requests),
                static_cast<unsigned long long>(result.search.requests),
                elapsed.count());
  }

  MirrorResult run(bool full) {
    heymilo::ClientOptions options = server_.clientOptions();
    options.rate_limit.reset();
    const heymilo::Client client(options);
    heymilo::workflows::SqliteMirror sink(file_, "posting");
    heymilo::workflows::MirrorOptions mirror;
    mirror.full = full;
    return mirrorCandidates(client, "posting", sink, mirror);
  }

 private:
  void removeFiles() const {
    for (const char* end : {"", "-wal", "-shm", "-lock"}) {
      std::filesystem::remove(file_ + end);
    }
  }

  MockServer server_;
  std::mt19937 random_;
  std::vector<std::string> ids_;
  const std::string file_ =
      (std::filesystem::temp_directory_path() / "heymilo-deletion-search.db").string();
};

}  // namespace

int main(int argc, char** argv) {
  const bool brief = argc > 1 && std::string_view(argv[1]) == "--brief";
  const std::size_t candidates = brief ? 2'000 : 100'000;
  Posting posting(candidates);
  std::printf("%zu candidates; a run that reads everything: %llu requests\n\n",
              candidates,
              static_cast<unsigned long long>(posting.run(true).requests));
  std::puts("deletions                 requests  searching      time");
  posting.measure(0, false);
  posting.measure(1, false);
  for (const std::size_t deletions : {std::size_t{10}, std::size_t{100}}) {
    posting.measure(deletions, false);
    posting.measure(deletions, true);
  }
  return 0;
}
