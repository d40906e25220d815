#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <queue>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/models/ingest.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/faults.hpp"

namespace heymilo_test {

/// A mock server with a posting `p` that fails in all the ways an API can: it loses requests
/// before, in and after their execution, refuses them, is slow, and carries out some of them late.
/// Its clock is the real one.
class ChaosApi {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// `late`: the longest time from the end of a request, as its sender saw it, to its execution. No
  /// request is carried out after that: one for which this process had no time is dropped.
  ChaosApi(std::uint64_t seed, milliseconds late, milliseconds queue_delay)
      : faults_(seed),
        random_(seed + 1),
        late_(late),
        server_(optionsOf(queue_delay)),
        client_(clientOptionsOf(server_)),
        thread_([this] { executeLate(); }) {
    server_.addPosting("p");
  }

  ~ChaosApi() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  ChaosApi(const ChaosApi&) = delete;
  ChaosApi& operator=(const ChaosApi&) = delete;

  heymilo::testing::MockServer& server() { return server_; }

  /// From now on requests fail. `slow`: longer than the timeout of a request.
  void beginFailing(milliseconds slow) {
    using heymilo::testing::ScriptedResponse;
    for (const char* const operation : {"ingestCandidatesBulk", "ingestCandidatesBulkAsync"}) {
      loseOnTheWay(operation);
      executeSomeLate(operation);
      const auto one_in = [&](unsigned number, ScriptedResponse response) {
        faults_.add(server_, operation, number, std::move(response));
      };
      one_in(40, ScriptedResponse::disconnect().reset());
      one_in(25, ScriptedResponse::asUsual().cutAfter(200));
      one_in(15, ScriptedResponse::disconnect().afterCommit());
      one_in(40, ScriptedResponse::answer(503).afterCommit());
      one_in(40, ScriptedResponse::answer(503));
      one_in(40, ScriptedResponse::answer(500).afterCommit());
      one_in(40, ScriptedResponse::rateLimited(std::chrono::seconds{1}));
      one_in(40, ScriptedResponse::asUsual().delayedBy(slow));
      one_in(4, ScriptedResponse::asUsual().delayedBy(milliseconds{300}));
    }
    faults_.add(server_, "listCandidates", 30, ScriptedResponse::answer(502));
    faults_.add(server_, "listCandidates", 30, ScriptedResponse::asUsual().cutAfter(500));
    faults_.add(server_, "listCandidates", 30, ScriptedResponse::disconnect());
  }

  /// New requests are treated as usual. What is late is carried out in its time.
  void endFailing() { server_.clearResponses(); }

  /// Nothing is left to be carried out late.
  bool idle() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && !executing_;
  }
  std::size_t executedLate() const {
    const std::lock_guard lock(mutex_);
    return executed_;
  }

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Request = heymilo::testing::RecordedRequest;
  struct Late {
    Time at;
    Time until;
    Request request;
    bool operator<(const Late& other) const { return at > other.at; }  // the next one is the top
  };

  static heymilo::testing::MockServerOptions optionsOf(milliseconds queue_delay) {
    heymilo::testing::MockServerOptions options;
    options.time_scale = 1;
    options.latency = milliseconds{10};
    options.queue_delay = queue_delay;
    return options;
  }

  static heymilo::ClientOptions clientOptionsOf(const heymilo::testing::MockServer& server) {
    heymilo::ClientOptions options = server.clientOptions();
    options.rate_limit.reset();
    options.retry.max_retries = 0;
    options.headers.set("X-Late", "1");
    return options;
  }

  /// A request breaks off in its body. The script asks the first rule of an operation only, and
  /// with the head alone.
  void loseOnTheWay(const char* operation) {
    server_.respondNext({operation,
                         [this](const Request& request) {
                           const std::lock_guard lock(mutex_);
                           return request.body.empty() && random_() % 40 == 0;
                         }},
                        heymilo::testing::ScriptedResponse::interrupt(100).times(1'000'000));
  }

  /// The connection breaks, as if a proxy had given up, and the API has the request all the same.
  void executeSomeLate(const char* operation) {
    server_.respondNext({operation,
                         [this](const Request& request) {
                           const std::lock_guard lock(mutex_);
                           if (request.header("X-Late") || random_() % 8 != 0) {
                             return false;
                           }
                           const Time now = std::chrono::steady_clock::now();
                           const auto longest = static_cast<std::uint64_t>(late_.count()) * 9 / 10;
                           const milliseconds wait(longest / 2 + random_() % (longest / 2 + 1));
                           waiting_.push({now + wait, now + late_, request});
                           changed_.notify_all();
                           return true;
                         }},
                        heymilo::testing::ScriptedResponse::disconnect().times(1'000'000));
  }

  void executeLate() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (waiting_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const Time at = waiting_.top().at;
      if (std::chrono::steady_clock::now() < at) {
        changed_.wait_until(lock, at);
        continue;
      }
      const Late next = waiting_.top();
      waiting_.pop();
      executing_ = true;
      lock.unlock();
      const bool executed = std::chrono::steady_clock::now() < next.until && execute(next.request);
      lock.lock();
      executing_ = false;
      executed_ += executed ? 1U : 0U;
    }
  }

  bool execute(const Request& request) const {
    const auto body = request.as<heymilo::BulkCandidateIngestRequest>();
    try {
      if (request.operation == "ingestCandidatesBulk") {
        client_.ingestCandidatesBulk("p", body);
      } else {
        client_.ingestCandidatesBulkAsync("p", body);
      }
      return true;
    } catch (const heymilo::Error&) {  // rejected, or failed in another way
      return false;
    }
  }

  Faults faults_;  // before the server, which asks it, as the next ones are
  std::mt19937_64 random_;
  const milliseconds late_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::priority_queue<Late> waiting_;
  std::size_t executed_ = 0;
  bool executing_ = false;
  bool stopping_ = false;
  heymilo::testing::MockServer server_;
  const heymilo::Client client_;
  std::thread thread_;  // last: it uses all of them
};

}  // namespace heymilo_test
