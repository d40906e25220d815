#include "heymilo/workflows/mirror.hpp"

#include <chrono>

#include "heymilo/errors.hpp"
#include "workflows/mirror/mirror_run.hpp"

namespace heymilo::workflows {

namespace {

void checkOptions(const MirrorOptions& options) {
  if (options.concurrency == 0) {
    throw InvalidArgumentError("concurrency", "must not be 0");
  }
  const auto require = [](auto time, const char* option) {
    if (!isTimeOfOption(time)) {
      throw InvalidArgumentError(option, "must be from 0 to 36500 days");
    }
  };
  require(options.overlap, "overlap");
  require(options.erase_after, "erase_after");
  require(options.full_after, "full_after");
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
