#include "postgres/quota_member.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <system_error>
#include <utility>

#include "base/boot_time.hpp"
#include "base/signals_blocked.hpp"
#include "heymilo/errors.hpp"
#include "postgres/database.hpp"
#include "postgres/quota_messages.hpp"
#include "postgres/quota_sql.hpp"
#include "postgres/quota_store.hpp"

namespace heymilo::postgres {

namespace {

using std::chrono::milliseconds;

/// So that two in a row fail within the lease.
milliseconds limitOf(const QuotaTimes& times) {
  return std::max(times.lease / 4, milliseconds{50});
}

}  // namespace

PostgresMember::PostgresMember(const std::string& url, QuotaProtocol::Setup setup,
                               std::function<void()> wake)
    : limit_(limitOf(setup.times)),
      terms_(setup.terms),
      quota_(setup.quota),
      wake_(std::move(wake)),
      connection_(url),
      protocol_(std::move(setup)) {
  join();
  const SignalsBlocked blocked;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    throw OverloadError("the system has no thread left for the quota's store");
  }
}

PostgresMember::~PostgresMember() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void PostgresMember::join() {
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    const QuotaSync sync = protocol_.begin(bootTime());
    try {
      protocol_.finished(send(sync, std::max(limit_ * 2, milliseconds{1'000})), bootTime());
    } catch (const StatementError& error) {
      protocol_.failed(error.what(), bootTime());
      // Where the server was not met, it is not a matter of trying again.
      if (attempt == kAttempts || error.sqlstate().empty()) {
        throw StoreError("the quota's store can't be used: " + storeProblem(error));
      }
      continue;
    }
    if (const std::optional<QuotaView>& refused = protocol_.refused()) {
      if (refused->outcome == QuotaView::Outcome::terms) {
        throw InvalidArgumentError("rate_limit", otherLimit(terms_, *refused, quota_));
      }
      throw InvalidArgumentError(
          "quota", "has the name of a quota that belongs to another API key: use another name");
    }
    return;
  }
}

QuotaView PostgresMember::send(const QuotaSync& sync, milliseconds limit) {
  if (!prepared_) {
    prepareQuotaTables(connection_, limit);
    prepared_ = true;
  }
  try {
    return quotaView(connection_
                         .run("SELECT heymilo.quota_sync($1::jsonb)",
                              {Value(toJson(sync, limit.count()))},
                              limit)
                         .text(0, 0));
  } catch (const StatementError& error) {
    prepared_ = !isMissing(error);
    throw;
  }
}

void PostgresMember::run() {
  constexpr milliseconds kLongestLook{1'000};  // a machine's suspend does not count for waits
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    const BootTime now = bootTime();
    const BootTime next = protocol_.nextSync(now);
    if (next > now) {
      next_look_ = next;
      if (protocol_.idle()) {
        connection_.close();
      }
      changed_.wait_for(lock, std::min<std::chrono::nanoseconds>(next - now, kLongestLook));
      continue;
    }
    under_way_ = true;
    try {
      const QuotaSync sync = protocol_.begin(now);
      lock.unlock();
      const QuotaView view = send(sync, limit_);
      lock.lock();
      protocol_.finished(view, bootTime());
    } catch (const StatementError& error) {
      const std::string problem = storeProblem(error);
      if (!lock.owns_lock()) {
        lock.lock();
      }
      protocol_.failed(problem, bootTime());
    } catch (const std::exception& error) {  // StoreError, std::bad_alloc
      if (!lock.owns_lock()) {
        lock.lock();
      }
      protocol_.failed(error.what(), bootTime());
    }
    under_way_ = false;
    if (calls_wait_ && !stopping_) {
      lock.unlock();
      wake_();
      lock.lock();
    }
  }
  if (const std::optional<QuotaSync> sync = protocol_.leave(bootTime())) {
    lock.unlock();
    try {
      send(*sync, limit_);
    } catch (const std::exception&) {  // its row is waited out
    }
  }
}

void PostgresMember::tellThread(BootTime now) {
  if (!under_way_ && protocol_.nextSync(now) < next_look_) {
    next_look_ = now;
    changed_.notify_all();
  }
}

SlotTurn PostgresMember::take(const SlotRequest& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const BootTime now = bootTime();
  const SlotTurn turn = protocol_.take(request, now);
  calls_wait_ = calls_wait_ || !turn.slot;
  tellThread(now);
  return turn;
}

bool PostgresMember::mayStillSend(int slot) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  return protocol_.mayStillSend(slot, bootTime());
}

void PostgresMember::release(int slot, SlotEnd end) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  const BootTime now = bootTime();
  try {
    protocol_.release(slot, end, now);
  } catch (const std::bad_alloc&) {  // then it is used no more, and waited out with this member
  }
  tellThread(now);
}

void PostgresMember::hold(milliseconds time) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  const BootTime now = bootTime();
  protocol_.hold(time, now);
  tellThread(now);
}

void PostgresMember::waiting(int interactive, int bulk) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  const BootTime now = bootTime();
  calls_wait_ = interactive + bulk > 0;
  protocol_.waiting(interactive, bulk, now);
  tellThread(now);
}

}  // namespace heymilo::postgres
