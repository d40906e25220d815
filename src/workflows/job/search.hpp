#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "workflows/job/job_times.hpp"
#include "workflows/job/journal_request.hpp"

namespace heymilo::workflows {

/// A page of the posting's list, as it is to be fetched.
struct Listing {
  bool first = true;   ///< of a new list; otherwise the next page of the same
  bool probe = false;  ///< one candidate is enough: what is wanted is the API's time
  std::optional<Timestamp> created_after{};  ///< empty: from the beginning
};
/// What the page shows.
struct ListedPage {
  std::vector<ShownKey> shown{};
  std::size_t unreadable = 0;  ///< candidates of which the key cannot be told
  /// Candidates that were ingested with keys of another kind, and whose own key cannot be told.
  std::size_t foreign = 0;
  bool anybody = false;  ///< it has a candidate; only of a probe
  bool last = true;
};

/// One search in the posting. It is told what came of each step, and has no clock, network or
/// thread.
///
/// - **Adoption:** who is in the posting is taken over before anybody is sent. First it waits, so
///   that nothing of workers on another journal, or on a newer state of this one, is under way any
///   more; then one look from the beginning sees all of it. Nobody claims before that is committed.
/// - **Beginning of a worker:** a look from the journal's newest sending on. If it shows keys that
///   the journal does not have, the journal may be an older copy: it waits and looks again.
/// - **Keys in doubt:** takes their list; looks, as most will have arrived; waits until what has
///   ended before the list was taken has shown up or never will; looks again, and frees what is
///   still in doubt with the same claim. Whoever searches, and in however many places, each frees
///   only what its own looks have sought.
///
/// A look from a time on misses what has an earlier `created_at`. The look that frees is therefore
/// from the beginning where a time of sending is not known, or where no receipt of the worker that
/// claimed the key has shown that the API's Date and `created_at` agree.
///
/// An async key may be in the API's queue for longer than any time. It becomes `unresolved` when
/// the settling time has passed: since then it is in the queue, or never will be. A later search
/// frees it after the queue has passed it, as far as its order tells: all that were queued before
/// that moment have shown up, one that was claimed after it has, and the settling time has passed
/// since. Where JobTimes::queue says how long the queue takes, it is enough that nothing which was
/// queued has not shown up.
class Search {
 public:
  enum class Kind { beginning, doubts };
  enum class End {
    none,  ///< it is under way, or has not begun
    done,
    not_mine,    ///< another worker searches
    unreadable,  ///< a candidate without a readable key may be any of those that were sought
    foreign      ///< not adopted: who some candidates are, only their own journal can tell
  };

  Search(const JobTimes& times, bool new_posting) : times_(times), new_posting_(new_posting) {}

  /// Begins a worker: `newest` is JournalView::newest.
  void startBeginning(std::optional<Timestamp> newest, const Moment& now);
  /// Begins a worker that need not look, but does not know the API's time.
  void startProbe();
  /// Adopts the journal, or finds out about keys in doubt, whichever is necessary.
  void start();
  /// Forgets what is under way: the worker has lost its part.
  void abort() {
    state_ = State::idle;
    end_ = End::none;
  }

  bool idle() const noexcept { return state_ == State::idle; }
  Kind kind() const noexcept { return kind_; }
  /// How the last one ended.
  End end() const noexcept { return end_; }
  /// The journal was adopted by the last one.
  bool adopted() const noexcept { return adopted_; }
  /// The API's time at the beginning of the last one.
  std::optional<Timestamp> began() const noexcept { return began_; }
  /// Since the beginning of the settling time, until when; empty while there is no wait.
  std::optional<JobTime> waitsUntil() const;

  /// The next operation on the journal, if it is time for one. It is the same again where there was
  /// no response.
  std::optional<JournalRequest> request(const JournalStamp& stamp) const;
  bool wantsStore() const noexcept {
    return state_ == State::asking || state_ == State::recognising || state_ == State::releasing;
  }
  void responded(const JournalDoubts& doubts, const Moment& now);
  void responded(const JournalRecognised& recognised, const Moment& now);
  void released();

  /// The next page to fetch, if it is time for one. paged() or notPaged() follows before it is
  /// asked again, also where the search was aborted in the meantime: then they do nothing.
  std::optional<Listing> list(const Moment& now);
  void paged(ListedPage page, const Moment& now);
  /// The page could not be fetched: the same one again.
  void notPaged();

 private:
  enum class State { idle, asking, waiting, to_list, listing, recognising, releasing };
  struct Sought {
    KeyInDoubt doubt;
    bool passable = false;  // as of the end of the look before
  };

  void look(std::optional<Timestamp> from);
  void lookedAround(const Moment& now);
  void sift(const Moment& now);
  void refuseToAdopt(End end);
  void release(std::vector<KeyInDoubt> free, std::vector<KeyInDoubt> unresolved);
  bool passed(const KeyInDoubt& doubt) const;
  bool timesAreProven() const;
  std::optional<Timestamp> firstFrom(const JournalDoubts& doubts, const Moment& now) const;
  bool anyAsync() const;
  void finish(End end);

  const JobTimes& times_;
  const bool new_posting_;
  State state_ = State::idle;
  Kind kind_ = Kind::doubts;
  End end_ = End::none;
  bool adopted_ = false;

  // The look.
  int looks_ = 0;  // that have begun
  bool first_page_ = true;
  bool probing_ = false;
  bool trusting_ = false;  // nobody else can have sent
  std::optional<Timestamp> from_;
  std::size_t unknown_ = 0;
  std::size_t unreadable_ = 0;
  std::size_t foreign_ = 0;
  ListedPage page_;
  QueueState queue_;
  JobTime wait_until_{0};

  // What is sought.
  std::map<std::string, Sought> sought_;
  std::map<std::string, KeyInDoubt> unresolved_;
  JobTime taken_{0};                              // the list
  std::set<std::string> agreeing_, disagreeing_;  // owners

  // What is released.
  std::string adoption_;
  std::optional<Timestamp> began_;
  JournalRelease release_;
};

}  // namespace heymilo::workflows
