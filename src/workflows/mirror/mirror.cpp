#include "heymilo/workflows/mirror.hpp"

#include <chrono>

#include "heymilo/errors.hpp"
#include "workflows/mirror/mirror_run.hpp"

namespace heymilo::workflows {

namespace {

// Of durations in MirrorOptions: later arithmetic stays in the range of a Timestamp.
constexpr std::chrono::hours kLongestAfter{24 * 36'500};

void checkOptions(const MirrorOptions& options) {
  if (options.concurrency == 0) {
    throw InvalidArgumentError("concurrency", "must not be 0");
  }
  if (options.overlap.count() < 0) {
    throw InvalidArgumentError("overlap", "must not be negative");
  }
  if (options.erase_after.count() < 0 || options.erase_after > kLongestAfter) {
    throw InvalidArgumentError("erase_after", "must be from 0 to 36500 days");
  }
  if (options.full_after.count() < 0 || options.full_after > kLongestAfter) {
    throw InvalidArgumentError("full_after", "must be from 0 to 36500 days");
  }
}

/// Ends where a part was stopped.
void runParts(MirrorRun& run, const MirrorOptions& options) {
  if (!run.finishUnfinished()) {
    return;
  }
  if ((options.full && !run.result().resumed) || run.isFullDue()) {
    run.readAll();
    return;
  }
  const Timestamp from = run.beginning();
  // Who can't be identified may be anybody: then nobody is gone.
  if (!run.readFrom(from) || !run.hasWindows() || run.somebodyIsUnknown()) {
    return;
  }
  // Who is due is erased even if the search fails.
  if (run.eraseBefore(from) && run.searchBefore(from) && run.isFullWanted()) {
    run.readAll();
  }
}

}  // namespace

MirrorResult mirrorCandidates(const Client& client, std::string_view posting_id, MirrorSink& sink,
                              const MirrorOptions& options) {
  checkOptions(options);
  MirrorRun run(client, posting_id, sink, options);
  try {
    runParts(run, options);
  } catch (...) {
    run.wipeAfterAnError();
    throw;
  }
  run.wipe();
  return run.result();
}

}  // namespace heymilo::workflows
