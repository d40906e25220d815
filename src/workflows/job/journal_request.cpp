#include "workflows/job/journal_request.hpp"

namespace heymilo::workflows {

namespace {

struct Performing {
  Journal& journal;

  JournalResponse operator()(const JournalJoin& join) const { return journal.join(join); }
  JournalResponse operator()(const JournalBeat& beat) const { return journal.beat(beat); }
  JournalResponse operator()(const JournalClaim& claim) const { return journal.claim(claim); }
  JournalResponse operator()(const JournalSettle& settle) const { return journal.settle(settle); }
  JournalResponse operator()(const JournalSearch& search) const { return journal.search(search); }
  JournalResponse operator()(const JournalShown& shown) const { return journal.recognise(shown); }
  JournalResponse operator()(const JournalRelease& release) const {
    return journal.release(release);
  }
  JournalResponse operator()(const JournalLeave& leave) const { return journal.leave(leave.stamp); }
};

}  // namespace

JournalResponse perform(Journal& journal, const JournalRequest& request) {
  return std::visit(Performing{journal}, request);
}

}  // namespace heymilo::workflows
