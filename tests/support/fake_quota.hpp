#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/quota.hpp"

namespace heymilo_test {

/// A shared quota that gives a slot to everybody, unless a test says otherwise, and writes down
/// what it is asked. All functions may be called by any thread.
class FakeQuota final : public heymilo::SharedQuota {
 public:
  /// What happened so far.
  struct Record {
    std::vector<heymilo::QuotaTerms> joined{};
    std::vector<heymilo::SlotRequest> asked{};
    std::vector<heymilo::SlotEnd> ended{};
    std::vector<std::chrono::milliseconds> held{};
    int left = 0;  // members that are gone
  };

  /// What take() does instead; called with the number of slots asked for before.
  using Take = std::function<heymilo::SlotTurn(std::size_t)>;

  explicit FakeQuota(Take take = nullptr) : state_(std::make_shared<State>()) {
    state_->take = std::move(take);
  }

  std::unique_ptr<heymilo::QuotaMember> join(const heymilo::QuotaTerms& terms,
                                             std::function<void()> wake) override {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    state_->record.joined.push_back(terms);
    state_->wake = std::move(wake);
    return std::make_unique<Member>(state_);
  }
  std::optional<heymilo::QuotaStatus> status(const std::string&) override { return std::nullopt; }

  Record record() const {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    return state_->record;
  }
  /// From now on mayStillSend() says no, or yes again.
  void lapse(bool on = true) const {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    state_->lapsed = on;
  }
  /// Wakes the member that joined last.
  void wake() const { state_->wake(); }

 private:
  struct State {
    std::mutex mutex;
    Take take;
    Record record;
    std::function<void()> wake;
    bool lapsed = false;
  };

  class Member final : public heymilo::QuotaMember {
   public:
    explicit Member(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~Member() override {
      const std::lock_guard<std::mutex> guard(state_->mutex);
      ++state_->record.left;
    }
    heymilo::SlotTurn take(const heymilo::SlotRequest& request) override {
      std::size_t before = 0;
      {
        const std::lock_guard<std::mutex> guard(state_->mutex);
        before = state_->record.asked.size();
        state_->record.asked.push_back(request);
      }
      heymilo::SlotTurn turn;
      turn.slot = static_cast<int>(before);
      return state_->take ? state_->take(before) : turn;
    }
    bool mayStillSend(int) noexcept override {
      const std::lock_guard<std::mutex> guard(state_->mutex);
      return !state_->lapsed;
    }
    void release(int, heymilo::SlotEnd end) noexcept override {
      const std::lock_guard<std::mutex> guard(state_->mutex);
      state_->record.ended.push_back(end);
    }
    void hold(std::chrono::milliseconds time) noexcept override {
      const std::lock_guard<std::mutex> guard(state_->mutex);
      state_->record.held.push_back(time);
    }
    void waiting(int, int) noexcept override {}

   private:
    const std::shared_ptr<State> state_;
  };

  const std::shared_ptr<State> state_;
};

}  // namespace heymilo_test
