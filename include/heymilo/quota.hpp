#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/export.hpp"

namespace heymilo {

struct ClientOptions;  // heymilo/options.hpp

/// Which calls go first where the quota is short: an interactive call goes before every bulk call
/// that waits, and bulk calls never take the last ClientOptions::reserved_requests of the quota.
enum class Priority {
  interactive,  ///< somebody waits for the response
  bulk          ///< an import, a mirror: it may wait
};

/// `interactive` or `bulk`.
HEYMILO_EXPORT std::string_view toString(Priority priority) noexcept;

// The quota, as slots. A quota of N requests in a window of W is N slots, numbered from 0. A slot
// lets one request through. After that it rests: until W after its response, or where there was
// none, until U + W after its end (U, 5 s, is for packets that are still under way). W is taken a
// thousandth longer than the limit says, since the server's clock may be faster. Two requests of
// one slot thus reach the server more than W apart, and any window holds at most one request a slot
// and N in all, whoever sends them. What is left for a store to ensure: a slot has one holder at a
// time, also where holders are killed, stopped, forked or cut off from the store.

/// What a client tells a shared quota when it joins.
struct QuotaTerms {
  /// Whose quota it is: quotaKey() of the client's options. 64 hexadecimal digits which do not give
  /// the key away, or empty where the client has no `api_key`: its `authorization` may be another
  /// one tomorrow, so that a store then needs a name of its user's.
  std::string key;
  int requests = 0;                      ///< N: at least 1
  std::chrono::milliseconds per{0};      ///< W: at least 1 ms
  int reserved_requests = 0;             ///< 0 to N-1; the highest of those that share applies
  std::chrono::milliseconds timeout{0};  ///< the longest that one request may take; more than 0
};

/// What a call asks of a quota.
struct SlotRequest {
  Priority priority = Priority::interactive;  ///< of the call that is to be sent
  /// The longest that this request may take; more than 0. May be more than QuotaTerms::timeout,
  /// then the store must know of it before it lets the request through.
  std::chrono::milliseconds timeout{0};
};

/// A slot, or when to ask again.
struct SlotTurn {
  /// The slot, which is this member's until release(). The number has a meaning for the store only.
  std::optional<int> slot{};
  /// Where there is no slot: ask again after so long, or when woken before. 0 and less is 1 ms.
  std::chrono::nanoseconds wait{0};
  /// No slot can be had before `wait` is over. Then a call whose deadline comes first ends now.
  bool certain = false;
  /// How much longer the API wants no requests (a 429 of any sharer); 0: it does not say so. Where
  /// this is more than 0, `wait` is at least as long.
  std::chrono::nanoseconds held{0};
};

/// How the use of a slot ended, and so from when on it rests.
enum class SlotEnd {
  unsent,      ///< no byte left this process: the slot is as it was before take()
  answered,    ///< with a response, or the server can't have had the whole request: W from now
  unanswered,  ///< it may have been sent, and there was no response: U + W from now
};

/// The part of one client, with its copies, in a shared quota: what the client's pacer calls, and a
/// store implements. Each client of a process is a member of its own, as if it were a process.
///
/// The pacer calls with a mutex of its own locked, from any number of threads, so one function at a
/// time; mayStillSend() alone is called without it, in parallel with the others. take() is called
/// on threads that must not be held up (those of a NonBlockingClient): it takes microseconds and
/// does not go over a network. A store that does needs a thread of its own, which fetches slots
/// ahead and calls `wake`.
///
/// A child of fork() never calls a member of its parent's, and never destroys it: its client joins
/// anew. What the child inherits (descriptors, connections) it may close, and nothing else; a store
/// must not let what an idle child has inherited keep anything of its parent's.
class HEYMILO_EXPORT QuotaMember {
 public:
  QuotaMember() = default;
  QuotaMember(const QuotaMember&) = delete;
  QuotaMember& operator=(const QuotaMember&) = delete;
  /// No slot is in use. What the member holds goes back to the others. `wake` is not called any
  /// more once this has returned.
  virtual ~QuotaMember();

  /// A slot that has rested, for a request that is sent at once. The store has written down that
  /// the slot is in use, as far as others need to know where this process dies, before this
  /// returns. Of several free slots it takes any; of sharers with calls waiting it prefers those
  /// with interactive ones, then those that use less than their share. A bulk call gets a slot only
  /// where more than the reserve are free, or where the slot is none of the reserve: together, the
  /// bulk calls of all sharers have at most N - reserve requests in a window.
  /// Throws StoreError, `not_sent`, where the store can't be used: nothing is sent without a slot.
  virtual SlotTurn take(const SlotRequest& request) = 0;

  /// Whether a slot that take() gave may still be used, by a store whose slots are leases. Asked
  /// right before a request is sent, by any thread. `false`: nothing is sent, the call ends in
  /// StoreError, `not_sent`, and release() follows. Exact stores (a kernel lock) say `true`.
  virtual bool mayStillSend(int slot) noexcept = 0;

  /// The slot's request has ended. Called once for each slot, from any thread. What can't be
  /// written down counts as a request without a response, for as long as one could take.
  virtual void release(int slot, SlotEnd end) noexcept = 0;

  /// The API has responded with 429 and `Retry-After`: no sharer sends anything for so long from
  /// now on. A shorter time takes nothing back of a longer one. This member is held at once, others
  /// as soon as the store can tell them; where it can't, take() of this member throws StoreError.
  virtual void hold(std::chrono::milliseconds time) noexcept = 0;

  /// How many calls of this member wait for a slot now, as often as that changes. Others take it
  /// into account; a hint, which may be late.
  virtual void waiting(int interactive, int bulk) noexcept = 0;
};

/// One sharer, as QuotaStatus tells of it.
struct QuotaSharer {
  std::string name{};           ///< who it is: `pid 4711`, with the host where there are several
  int in_use = 0;               ///< slots whose request is under way
  int resting = 0;              ///< slots that it has used, and that are not free yet
  int waiting_interactive = 0;  ///< calls that wait
  int waiting_bulk = 0;         ///< calls that wait
  bool alive = true;            ///< false: it is gone, and its slots are waited out
};

/// What a quota's store holds at a moment.
struct QuotaStatus {
  std::string store{};                 ///< which one, without credentials: a path, a host
  int requests = 0;                    ///< N
  std::chrono::milliseconds per{0};    ///< W
  int reserved_requests = 0;           ///< the highest of those that share
  int free = 0;                        ///< slots that a call could use now
  int used = 0;                        ///< requests that count in the window that ends now
  std::chrono::milliseconds held{0};   ///< the API wants no requests for so long
  std::vector<QuotaSharer> sharers{};  ///< in no order
};

/// A quota that several clients share, in one process or in many: put the same one, or one for the
/// same store, into ClientOptions::quota of each. Derive from it for a store of your own. All
/// functions may be called by any number of threads, and in a child of fork(), whatever other
/// threads of the parent were about.
class HEYMILO_EXPORT SharedQuota {
 public:
  SharedQuota() = default;
  SharedQuota(const SharedQuota&) = delete;
  SharedQuota& operator=(const SharedQuota&) = delete;
  virtual ~SharedQuota();

  /// Joins; called when a client is made, and when a child of fork() uses one for the first time.
  /// The store may be new: then all slots of it begin to rest now, as if a request of each had just
  /// ended without a response. The member may outlive this object.
  /// `wake` may be called by any thread of the store, with none of the store's own mutexes locked
  /// and not within a call of a member's function: asking again may help before the time that
  /// take() said. It must not throw.
  /// Throws InvalidArgumentError where the store has another N or W (both are named in the message)
  /// or belongs to another key, or where `key` is empty and the store has no name; StoreError where
  /// it can't be used.
  virtual std::unique_ptr<QuotaMember> join(const QuotaTerms& terms,
                                            std::function<void()> wake) = 0;

  /// Looks at the store of this key, and changes nothing. Empty where there is none so far. Throws
  /// as join().
  virtual std::optional<QuotaStatus> status(const std::string& key) = 0;
};

/// The quota of all processes of this machine that use a key, through a file and the kernel's locks
/// on it: there is no server and nothing to clean up. Exact also where processes are killed,
/// stopped, suspended or forked. `path` is the file, which is made where there is none; it must be
/// on a local file system, and belong to this user alone. Empty: a file in
/// `$XDG_RUNTIME_DIR/heymilo`, named by a hash of the key; it exists as long as the user is logged
/// in.
/// Throws InvalidArgumentError where `path` is empty and there is no $XDG_RUNTIME_DIR (as in a cron
/// job), and where the system has no such locks (all but Linux). docs/cookbook/sharing_a_quota.md
/// says what is promised, and under which conditions.
HEYMILO_EXPORT std::shared_ptr<SharedQuota> machineQuota(std::string path = {});

/// What stands for the key of these options in a store: the SHA-256 of `api_key` and a prefix, as
/// hexadecimal digits. Empty where there is no `api_key`.
HEYMILO_EXPORT std::string quotaKey(const ClientOptions& options);

}  // namespace heymilo
