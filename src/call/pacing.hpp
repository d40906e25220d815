#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/process_id.hpp"
#include "heymilo/cancellation.hpp"
#include "heymilo/options.hpp"
#include "heymilo/quota.hpp"
#include "types/clock.hpp"

namespace heymilo {

/// Keeps a client within its quota: in no window of the limit's length, wherever it starts, does
/// the server see more requests than the limit allows, whatever the number of threads and, with a
/// shared quota, of processes. Who goes next is decided here, whether there is a slot for it by the
/// quota's member (heymilo/quota.hpp): for a client of its own, LocalSlots.
///
/// A slot rests until one window after its request's response came. That the response's time is
/// taken, not the sending's, is what makes the promise hold at the server, whose arrivals are late
/// by a different time for each request; it costs as much throughput as a response takes, in
/// relation to the window.
class Pacer {
 public:
  /// The quota is this client's alone. `patience`: being held back for longer than that ends a
  /// call.
  Pacer(std::optional<RateLimit> limit, std::chrono::milliseconds patience, Clock& clock,
        int reserved_requests = 0);
  /// The quota is shared. Throws as SharedQuota::join().
  Pacer(SharedQuota& quota, const QuotaTerms& terms, std::chrono::milliseconds patience,
        Clock& clock);

  /// One request that was let through. Its slot begins to rest with its end.
  class Permit {
   public:
    Permit(Pacer& pacer, int slot) noexcept : pacer_(&pacer), slot_(slot) {}
    Permit(Permit&& other) noexcept
        : pacer_(std::exchange(other.pacer_, nullptr)), slot_(other.slot_), end_(other.end_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (pacer_ != nullptr) {
        pacer_->finish(slot_, end_);
      }
    }

    /// The request may have been sent, and ends without a response.
    void unanswered() noexcept { end_ = SlotEnd::unanswered; }
    /// Nothing was sent: the slot does not rest.
    void unsent() noexcept { end_ = SlotEnd::unsent; }
    /// Whether the slot may still be used: otherwise nothing may be sent. To be called right before
    /// the request is sent, on any thread.
    bool mayStillSend() const noexcept { return pacer_->quota_->mayStillSend(slot_); }

   private:
    Pacer* pacer_;
    int slot_;
    SlotEnd end_ = SlotEnd::answered;
  };

  /// How long a call waits, as far as is known.
  using OnWait = std::function<void(std::chrono::milliseconds wait, bool held)>;

  /// Waits for its turn: interactive calls before bulk ones, each in order of arrival. `on_wait` is
  /// told how long that will be, as far as is known, and whether it is since the API has asked for
  /// no requests: once, or again where isNews(). Throws CancelledError, or TimeoutError as soon as
  /// it is clear that the deadline comes first or that the server has asked to be left alone for
  /// longer than `patience`, or StoreError; all not_sent.
  Permit acquire(const CancellationToken& cancellation, Clock::TimePoint deadline,
                 const OnWait& on_wait, const SlotRequest& request = {});

  /// A place in the queue, of the same order as acquire()'s, for one who must not be held up.
  class Place {
   public:
    /// `wake` is called by any thread with the pacer locked, when asking again may help.
    explicit Place(std::function<void()> wake) : wake_(std::move(wake)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    friend class Pacer;
    const std::function<void()> wake_;
    std::list<Place*>* queue_ = nullptr;  // that it is in
  };
  /// Either a permit, or when to ask again unless the place is woken before, and, where it is the
  /// quota that is waited for, how long that will be; 0 where only responses under way can tell.
  struct Turn {
    std::optional<Permit> permit{};
    Clock::TimePoint ask_again{};
    std::optional<std::chrono::milliseconds> wait{};
    bool held = false;  // the API has asked for no requests
  };
  /// Asks for a turn, from the place in the queue that the first asking took. Throws as acquire().
  /// A permit and an error give the place up; otherwise it must be asked for again, or given up.
  Turn ask(Place& place, const CancellationToken& cancellation, Clock::TimePoint deadline,
           const SlotRequest& request = {});
  void giveUp(Place& place);

  /// Whether a call is to report that it waits for `wait`, when it has reported `told` before, if
  /// anything. A shared quota on a network knows only after a moment how long the wait is: then a
  /// call reports twice.
  bool isNews(std::chrono::milliseconds wait,
              std::optional<std::chrono::milliseconds> told) const noexcept;

  /// Lets nothing through before `until`: the server has asked for it.
  void holdUntil(Clock::TimePoint until);

 private:
  /// What the latest asking for a slot said, where it said no.
  struct Outlook {
    Clock::TimePoint next{};        // a slot is expected then; max(): only a release can tell
    Clock::TimePoint ask_again{};   // at the latest; not after `next`
    bool certain = false;           // no slot is expected before `next`
    Clock::TimePoint held_until{};  // the API wants no requests
  };

  Turn judge(Place& place, const CancellationToken& cancellation, Clock::TimePoint deadline,
             const SlotRequest& request);
  Turn decide(Place& place, const CancellationToken& cancellation, Clock::TimePoint deadline,
              const SlotRequest& request);
  std::optional<int> take(const SlotRequest& request, Clock::TimePoint now);
  void finish(int slot, SlotEnd end) noexcept;
  Place* first() const;
  void leave(Place& place);
  void wakeFirst();
  void tellWhoWaits();

  const std::chrono::milliseconds patience_;
  Clock& clock_;
  const bool shared_;
  const long process_ = processId();

  std::mutex mutex_;
  std::list<Place*> interactive_;  // guarded by mutex_, as all below
  std::list<Place*> bulk_;
  std::list<Place*> spare_;  // elements for the next ones, as many as ever waited in parallel
  Outlook outlook_;
  std::pair<int, int> told_waiting_{0, 0};
  std::unique_ptr<QuotaMember> quota_;  // goes first: it may wake
};

}  // namespace heymilo
