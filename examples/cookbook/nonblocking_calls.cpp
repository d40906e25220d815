#include <condition_variable>
#include <deque>
#include <functional>
#include <heymilo/nonblocking.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "recipe.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using NonBlockingCalls = Recipe;

// [futures]
/// Many calls in parallel, without a thread for each.
std::vector<std::int64_t> countAll(const heymilo::NonBlockingClient& calls,
                                   const std::vector<std::string>& postings) {
  std::vector<std::future<heymilo::ListResponse<heymilo::CandidateResponse>>> pages;
  for (const auto& posting : postings) {
    pages.push_back(calls.listCandidates(posting).future());
  }
  std::vector<std::int64_t> counts;
  for (auto& page : pages) {
    counts.push_back(page.get().pagination.total_count.value_or(0));  // or throws, as Client does
  }
  return counts;
}
// [/futures]

TEST_F(NonBlockingCalls, AsFutures) {
  std::vector<std::string> postings;
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 20; ++i) {
    postings.push_back("posting-" + std::to_string(i));
    server.addPosting(postings.back(), static_cast<std::size_t>(i));
    expected.push_back(i);
  }
  const heymilo::NonBlockingClient calls{heymilo::Client(options)};
  EXPECT_EQ(countAll(calls, postings), expected);
}

/// A stand-in for a program's event loop: runs posted functions on one thread.
class EventLoop {
 public:
  void post(std::function<void()> task) {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
    posted_.notify_one();
  }
  void runOne() {
    std::unique_lock<std::mutex> lock(mutex_);
    posted_.wait(lock, [&] { return !tasks_.empty(); });
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
};

// [callback]
/// A client whose completions run in the event loop.
heymilo::NonBlockingClient callsIn(EventLoop& loop, heymilo::Client client) {
  return heymilo::NonBlockingClient(
      std::move(client), [&loop](std::function<void()> task) { loop.post(std::move(task)); });
}

/// Ingests a person, and passes the outcome to `show` in the event loop.
void ingest(const heymilo::NonBlockingClient& calls, const heymilo::CandidateIngestRequest& person,
            std::function<void(const std::string&)> show) {
  using Receipt = heymilo::SingleResponse<heymilo::IngestCandidateResponse>;
  calls.ingestCandidate("posting-id", person)
      .then([show = std::move(show)](const heymilo::Result<Receipt>& result) {
        if (const heymilo::Error* error = result.error()) {
          show(error->mayHaveArrived() ? "to be looked for" : "not in");
        } else {
          show("in: " + result.value()->posting_id);  // or throws, where memory ran out
        }
      });
}
// [/callback]

TEST_F(NonBlockingCalls, WithACallbackInAnEventLoop) {
  EventLoop loop;
  const auto calls = callsIn(loop, heymilo::Client(options));
  const auto outcomeOf = [&] {
    std::string shown;
    ingest(
        calls, {"Ada Example", "ada@example.com"}, [&](const std::string& text) { shown = text; });
    loop.runOne();
    return shown;
  };
  EXPECT_EQ(outcomeOf(), "in: posting-id");
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_EQ(outcomeOf(), "to be looked for");
  EXPECT_EQ(server.requests("ingestCandidate").size(), 2u);
}

}  // namespace
