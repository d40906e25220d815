#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "heymilo/quota.hpp"
#include "postgres/connection.hpp"
#include "postgres/quota_protocol.hpp"

namespace heymilo::postgres {

/// A member of a quota in PostgreSQL: the protocol, with a thread that runs its statements.
class PostgresMember final : public QuotaMember {
 public:
  /// Joins. Throws StoreError, or InvalidArgumentError where the store has other terms.
  PostgresMember(const std::string& url, QuotaProtocol::Setup setup, std::function<void()> wake);
  ~PostgresMember() override;

  SlotTurn take(const SlotRequest& request) override;
  bool mayStillSend(int slot) noexcept override;
  void release(int slot, SlotEnd end) noexcept override;
  void hold(std::chrono::milliseconds time) noexcept override;
  void waiting(int interactive, int bulk) noexcept override;

 private:
  void join();
  void run();
  QuotaView send(const QuotaSync& sync, std::chrono::milliseconds limit);
  void tellThread(BootTime now);

  const std::chrono::milliseconds limit_;  // of a statement
  const QuotaTerms terms_;                 // for a message, as the next
  const std::string quota_;
  const std::function<void()> wake_;
  Connection connection_;  // the thread's, once there is one
  bool prepared_ = false;  // the tables are there; the thread's

  std::mutex mutex_;
  std::condition_variable changed_;
  QuotaProtocol protocol_;               // guarded by mutex_, as all below
  BootTime next_look_{BootTime::max()};  // when the thread looks at the protocol again
  bool under_way_ = false;               // a statement
  bool calls_wait_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace heymilo::postgres
