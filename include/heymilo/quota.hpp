#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/export.hpp"
#include "heymilo/models/enum_json.hpp"

namespace heymilo {

struct ClientOptions;  // heymilo/options.hpp

/// The order of calls that wait for the quota: an interactive call goes before every bulk call that
/// waits, and bulk calls never take the last ClientOptions::reserved_requests of the quota.
enum class Priority {
  interactive,  ///< somebody waits for the response
  bulk          ///< an import, a mirror: it may wait
};

/// `interactive` or `bulk`.
HEYMILO_EXPORT std::string_view toString(Priority priority) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(priority).
template <class Json, detail::IfJson<Json> = 0>
void to_json(Json& json, Priority priority) {
  detail::setText(json, toString(priority));
}

// The quota, as slots. A quota of N requests in a window of W is N slots, numbered from 0. A slot
// lets one request through. Then it rests until W after the response. If the request has no
// response, the slot rests until U + W after the request's end (U, 5 s, is for packets that are
// still under way). W is a thousandth longer than the limit says, since the server's clock may be
// faster. Two requests of one slot thus reach the server more than W apart, and any window holds at
// most one request of each slot and N in all, whoever sends them. A store ensures the rest: a slot
// has one holder at a time, also if holders are killed, stopped, forked or cut off from the store.

/// The terms on which a client joins a shared quota.
struct QuotaTerms {
  /// Identifies the quota: quotaKey() of the client's options. 64 hexadecimal digits that do not
  /// reveal the API key. Empty if the client has no `api_key`: its `authorization` may change, and
  /// the store needs a name from its user.
  std::string key;
  int requests = 0;                      ///< N: at least 1
  std::chrono::milliseconds per{0};      ///< W: at least 1 ms
  int reserved_requests = 0;             ///< 0 to N-1; the highest value of all sharers applies
  std::chrono::milliseconds timeout{0};  ///< of one request, the longest; more than 0
  /// Whether the client's waits take real time: ClientOptions::clock is Clock::steady(). A store
  /// that counts by the machine's clock must refuse a client with another clock, such as
  /// testing::ManualClock: its calls would ask for a slot again and again without waiting.
  bool real_time = true;
};

/// A call's request for a slot.
struct SlotRequest {
  Priority priority = Priority::interactive;  ///< of the call
  /// The longest time that the HTTP request may take; more than 0. If it is more than any before
  /// (QuotaTerms::timeout), the store records it before it gives a slot.
  std::chrono::milliseconds timeout{0};
};

/// A slot, or the time until the next one.
struct SlotTurn {
  /// The slot, which this member holds until release(). The store chooses the number.
  std::optional<int> slot{};
  /// The time until a slot is expected, if there is none now: the call asks again after it, or when
  /// it is woken. 0 and less is 1 ms.
  std::chrono::nanoseconds wait{0};
  /// No slot is expected before the end of `wait`, unless a sharer gives one back unsent. A call
  /// with an earlier deadline ends immediately.
  bool certain = false;
  /// How much longer the API wants no requests (a 429 of any sharer); 0: it did not ask for that.
  /// If it is more than 0, `wait` is at least as long.
  std::chrono::nanoseconds held{0};
  /// If it is more than 0 and less than `wait`, the call asks again after this time already: for a
  /// store that does not call `wake` when a slot is free earlier than it expected.
  std::chrono::nanoseconds ask_again{0};
};

/// How the use of a slot ended, which decides how long the slot rests.
enum class SlotEnd {
  unsent,      ///< nothing of the request was sent: the slot is as it was before take()
  answered,    ///< with a response, or the server can't have the whole request: W from now
  unanswered,  ///< the request may have been sent, and has no response: U + W from now
};

/// One client, with its copies, as a sharer of a quota. The client's pacer calls it, and a store
/// implements it. Each client is a separate member, also within one process.
///
/// Threads: the pacer calls one function at a time, from any thread and with its own mutex locked.
/// Only mayStillSend() is called without that mutex, in parallel with the others. take() is called
/// on threads that must not block (those of a NonBlockingClient): it takes microseconds and uses no
/// network. A store on a network needs its own thread, which fetches slots ahead and calls `wake`.
///
/// fork(): a child never calls a member of its parent, and never destroys it; the child's client
/// joins anew. The child may close what it inherits (descriptors, connections), and does nothing
/// else with it. An idle child must not keep any slot or lock of its parent.
class HEYMILO_EXPORT QuotaMember {
 public:
  QuotaMember() = default;
  QuotaMember(const QuotaMember&) = delete;
  QuotaMember& operator=(const QuotaMember&) = delete;
  /// No slot is in use. The slots that the member holds are free for others. `wake` is not called
  /// after the return.
  virtual ~QuotaMember();

  /// Returns a slot that has rested, for a request that is sent immediately. Before the return, the
  /// store has recorded that the slot is in use, as far as others need it if this process dies. Any
  /// free slot may be taken. If calls of several sharers wait, those with interactive calls come
  /// first, then those that use less than their share. A bulk call gets a slot only if more slots
  /// than the reserve are free, or if the slot does not belong to the reserve: the bulk calls of
  /// all sharers have at most N - reserve requests in a window.
  /// Throws StoreError, `not_sent`, if the store can't be used: nothing is sent without a slot.
  virtual SlotTurn take(const SlotRequest& request) = 0;

  /// Whether a slot from take() may still be used. For stores whose slots are leases; others, with
  /// a kernel lock for example, return `true`. Called on any thread before each attempt, and again
  /// after connecting, right before the first byte (HttpRequest::may_send). After `false` nothing
  /// is sent, the call ends with StoreError, `not_sent`, and release() follows with `unsent`.
  virtual bool mayStillSend(int slot) noexcept = 0;

  /// The slot's request has ended. Called once for each slot, from any thread. If the store can't
  /// record it, the slot counts as that of a request without a response which takes as long as a
  /// request can.
  virtual void release(int slot, SlotEnd end) noexcept = 0;

  /// The API has responded with 429 and `Retry-After`: no sharer sends anything for that time from
  /// now on. A shorter time does not replace a longer one. This member is held immediately, and the
  /// others as soon as the store notifies them. If it can't, take() of this member throws
  /// StoreError.
  virtual void hold(std::chrono::milliseconds time) noexcept = 0;

  /// The number of this member's calls that wait for a slot. Called whenever it changes. A hint for
  /// the other sharers, which may be late.
  virtual void waiting(int interactive, int bulk) noexcept = 0;
};

/// One sharer, in QuotaStatus.
struct QuotaSharer {
  std::string name{};           ///< such as `pid 4711`, with the host if there are several
  int in_use = 0;               ///< slots with a request under way
  int resting = 0;              ///< slots that it has used, and that are not free yet
  int waiting_interactive = 0;  ///< calls that wait
  int waiting_bulk = 0;         ///< calls that wait
  bool alive = true;            ///< false: the sharer is gone, and its slots become free later
};

/// The state of a quota's store.
struct QuotaStatus {
  std::string store{};               ///< a path or a host, without credentials
  int requests = 0;                  ///< N
  std::chrono::milliseconds per{0};  ///< W
  int reserved_requests = 0;         ///< the highest value of all sharers
  /// Slots that have rested. While `held` is more than 0, calls can't use them yet.
  int free = 0;
  /// Requests that count in the window that ends now. Of a new machineQuota() file all slots count,
  /// since nobody knows what was sent before.
  int used = 0;
  std::chrono::milliseconds held{0};   ///< for how long the API wants no requests
  std::vector<QuotaSharer> sharers{};  ///< in no particular order
};

/// A quota that several clients share, in one process or in many: set the same object, or one for
/// the same store, as ClientOptions::quota of each. Derive from it for another store. All functions
/// may be called by any number of threads, and in a child of fork(), whatever the parent's other
/// threads were doing.
class HEYMILO_EXPORT SharedQuota {
 public:
  SharedQuota() = default;
  SharedQuota(const SharedQuota&) = delete;
  SharedQuota& operator=(const SharedQuota&) = delete;
  virtual ~SharedQuota();

  /// Adds a member. Called when a client is made, and when a child of fork() uses one for the first
  /// time. The member may outlive this object.
  ///
  /// No slot of a new store is free at first: nobody knows which requests were sent before. How
  /// long the slots rest depends on the store. machineQuota(): U + W, as after a request without a
  /// response, and the longest `timeout` in addition if a request may still be under way with a
  /// former file. heymilo::postgres::quota(): until a former holder of all slots would be waited
  /// out, which is its lease of 10 s, the `timeout`, U and W; 135 s with the default options.
  ///
  /// `wake` tells the client that a call that waits should ask again before the time from take().
  /// Any thread of the store may call it, with none of the store's mutexes locked and not within a
  /// call of a member's function. It does not throw.
  ///
  /// Throws InvalidArgumentError if the store has another N or W (the message names both) or
  /// another key, if `key` is empty and the store has no name, and if the store does not support
  /// the client's clock. Throws StoreError if the store can't be used.
  virtual std::unique_ptr<QuotaMember> join(const QuotaTerms& terms,
                                            std::function<void()> wake) = 0;

  /// The state of this key's store, which is not changed. Empty if there is no store yet. Throws
  /// the exceptions of join().
  virtual std::optional<QuotaStatus> status(const std::string& key) = 0;
};

/// The quota of all processes of this machine that use a key, through a file and the kernel's locks
/// on it. It needs no server, and leaves nothing to clean up. It is exact also if processes are
/// killed, stopped, suspended or forked.
///
/// `path`, an absolute one, is the file, which is created if it does not exist. It must be on a
/// local file system and belong to this user alone. Empty: a file in `$XDG_RUNTIME_DIR/heymilo`,
/// named by a hash of the key, which exists as long as the user is logged in. ClientOptions::clock
/// must be the default.
///
/// Throws InvalidArgumentError if `path` is relative, if it is empty and `$XDG_RUNTIME_DIR` is not
/// set (as in a cron job), and on systems without such locks (all but Linux).
/// docs/cookbook/sharing_a_quota.md says what is promised, and under which conditions.
HEYMILO_EXPORT std::shared_ptr<SharedQuota> machineQuota(std::string path = {});

/// The identifier of these options' key in a store: the SHA-256 of a prefix and `api_key`, as
/// hexadecimal digits. Empty if there is no `api_key`, or a `credential` instead of it.
HEYMILO_EXPORT std::string quotaKey(const ClientOptions& options);

}  // namespace heymilo
