#include <heymilo/workflows/mirror.hpp>
#include <heymilo/workflows/sqlite_mirror.hpp>
#include <map>
#include <string>

#include "recipe.hpp"
#include "support/temporary_directory.hpp"

namespace {

using heymilo::testing::MockServer;
using KeepInStep = Recipe;

// [mirror]
/// Updates the copy. `full`: includes changes of old candidates.
heymilo::workflows::MirrorResult refresh(const heymilo::Client& client, const std::string& file,
                                         bool full) {
  heymilo::workflows::SqliteMirror database(file, "posting-id");
  heymilo::workflows::MirrorOptions options;
  options.full = full;
  options.concurrency = 4;  // when a run reads everything
  return heymilo::workflows::mirrorCandidates(client, "posting-id", database, options);
}
// [/mirror]

TEST_F(KeepInStep, WithSqlite) {
  const heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("candidates.db");
  server.addPosting("posting-id", 230);
  server.advance(MockServer::workflow_time);  // everybody is in a final state
  const heymilo::Client client(options);
  EXPECT_EQ(refresh(client, file, false).added, 230u);

  const std::string old = server.candidates("posting-id")[0]["interview_id"];
  server.patchCandidate(old, {{"status", "shortlisted"}, {"score", 99.5}});
  const std::string deleted = server.candidates("posting-id")[1]["interview_id"];
  server.removeCandidate(deleted);
  const auto quick = refresh(client, file, false);
  EXPECT_EQ(quick.gone, 1u);
  server.patchCandidate(old, {{"score", 99.75}});
  EXPECT_EQ(refresh(client, file, false).changed, 0u);  // too old for an incremental run
  EXPECT_EQ(refresh(client, file, true).changed, 1u);
}

// [sink]
/// A mirror in memory; a database would do the same, in a transaction each.
class MapMirror final : public heymilo::workflows::MirrorSink {
 public:
  struct Entry {
    heymilo::CandidateResponse candidate;
    std::uint64_t walk = 0;
    bool gone = false;
  };

  heymilo::workflows::MirrorState load() override {
    state_.oldest_open.reset();
    for (const auto& [id, entry] : entries) {
      const auto& created_at = entry.candidate.created_at;
      if (!entry.gone && !heymilo::workflows::isFinal(entry.candidate.status) && created_at &&
          (!state_.oldest_open || *created_at < *state_.oldest_open)) {
        state_.oldest_open = created_at;
      }
    }
    return state_;
  }

  heymilo::workflows::MirrorChanges upsert(const std::vector<heymilo::CandidateResponse>& batch,
                                           const heymilo::workflows::MirrorWalk& walk) override {
    heymilo::workflows::MirrorChanges changes;
    for (const auto& candidate : batch) {
      const auto [at, added] = entries.try_emplace(candidate.interview_id);
      if (added) {
        ++changes.added;
      } else if (at->second.gone || !(at->second.candidate == candidate)) {
        ++changes.changed;
      }
      at->second = {candidate, walk.number, false};
    }
    state_.unfinished = walk;
    state_.last_walk = walk.number;
    return changes;
  }

  bool keep(const std::string& interview_id, const heymilo::workflows::MirrorWalk& walk) override {
    const auto at = entries.find(interview_id);
    if (at != entries.end()) {
      at->second.walk = walk.number;
      at->second.gone = false;
    }
    return true;
  }

  std::uint64_t finish(const heymilo::workflows::MirrorWalk& walk,
                       std::optional<heymilo::Timestamp> watermark) override {
    std::uint64_t went = 0;
    for (auto& [id, entry] : entries) {
      const bool covered =
          !walk.created_after ||
          (entry.candidate.created_at && *entry.candidate.created_at >= *walk.created_after);
      if (entry.walk < walk.number && covered && !entry.gone) {
        entry.gone = true;
        ++went;
      }
    }
    state_.unfinished.reset();
    state_.last_walk = walk.number;
    state_.watermark = watermark;
    return went;
  }

  std::map<std::string, Entry> entries;  ///< by interview_id

 private:
  heymilo::workflows::MirrorState state_;
};
// [/sink]

TEST_F(KeepInStep, WithAStoreOfYourOwn) {
  server.addPosting("posting-id", 120);
  const heymilo::Client client(options);
  MapMirror mirror;
  EXPECT_EQ(heymilo::workflows::mirrorCandidates(client, "posting-id", mirror).added, 120u);
  server.advance(MockServer::workflow_time);
  const std::string last = server.candidates("posting-id")[119]["interview_id"];
  server.removeCandidate(last);
  const auto second = heymilo::workflows::mirrorCandidates(client, "posting-id", mirror);
  EXPECT_GT(second.changed, 0u);
  EXPECT_EQ(second.gone, 1u);
  EXPECT_TRUE(mirror.entries.at(last).gone);
  heymilo::workflows::MirrorOptions full;
  full.full = true;
  heymilo::workflows::mirrorCandidates(client, "posting-id", mirror, full);
  for (const auto& json : server.candidates("posting-id")) {
    EXPECT_EQ(mirror.entries.at(json["interview_id"]).candidate,
              json.get<heymilo::CandidateResponse>());
  }
}

}  // namespace
