#include "curl/curl_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "curl/curl_transport.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/raw_server.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Something that happens once, on another thread than the one that waits for it. To be captured by
/// value: what has happened may be over for the one that waits before it is for the other.
class Done {
 public:
  void operator()() const { promise_->set_value(); }
  void wait() const { promise_->get_future().get(); }

 private:
  std::shared_ptr<std::promise<void>> promise_ = std::make_shared<std::promise<void>>();
};

class CurlLoopTest : public ::testing::Test {
 protected:
  CurlLoopTest() {
    initializeLibcurl();
    options.proxy = "";
  }
  ~CurlLoopTest() override { loop->close(); }

  /// Runs the task on the loop's thread and waits for it.
  void onLoop(const std::function<void()>& task) {
    const Done done;
    loop->post([&task, done] {
      task();
      done();
    });
    done.wait();
  }

  /// What becomes of a request, to be called on the loop's thread.
  struct Sent {
    std::promise<HttpResponse> promise;
    std::future<HttpResponse> response = promise.get_future();
    std::atomic<int> completed{0};
  };
  std::shared_ptr<Sent> send(const std::string& url, const CancellationToken& cancellation = {}) {
    auto sent = std::make_shared<Sent>();
    loop->send(std::make_shared<const HttpRequest>(get(url)),
               options,
               cancellation,
               [sent](HttpResponse response, const std::exception_ptr& error) {
                 if (++sent->completed == 1) {
                   error ? sent->promise.set_exception(error)
                         : sent->promise.set_value(std::move(response));
                 }
               });
    return sent;
  }
  std::shared_ptr<Sent> sendFromHere(const std::string& url,
                                     const CancellationToken& cancellation = {}) {
    std::shared_ptr<Sent> sent;
    onLoop([&] { sent = send(url, cancellation); });
    return sent;
  }

  void useClock(std::shared_ptr<Clock> clock) {
    loop->close();
    loop = std::make_shared<CurlLoop>(std::move(clock), 4);
  }

  CurlOptions options;
  std::shared_ptr<CurlLoop> loop = std::make_shared<CurlLoop>(Clock::steady(), 4);
};

TEST_F(CurlLoopTest, RunsTasksInOrderOnAThreadOfItsOwn) {
  std::vector<int> ran;
  std::thread::id thread;
  const Done done;
  loop->post([&, done] {
    thread = std::this_thread::get_id();
    ran.push_back(1);
    loop->post([&, done] {
      ran.push_back(4);
      EXPECT_EQ(std::this_thread::get_id(), thread);
      done();
    });
    ran.push_back(2);
  });
  done.wait();
  EXPECT_THAT(ran, ElementsAre(1, 2, 4));
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(CurlLoopTest, RunsEachTaskThatAnyThreadPosts) {
  constexpr int kThreads = 4, kTasks = 500;
  std::vector<int> next(kThreads);  // for the loop's thread
  std::atomic<int> ran{0};
  std::atomic<bool> in_order{true};
  const Done done;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int task = 0; task < kTasks; ++task) {
        loop->post([&, done, thread, task] {
          in_order = in_order && next[static_cast<std::size_t>(thread)]++ == task;
          if (++ran == kThreads * kTasks) {
            done();
          }
        });
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  done.wait();
  EXPECT_TRUE(in_order);  // of each thread
}

TEST_F(CurlLoopTest, TimersRunInTheOrderOfTheirMoments) {
  const auto clock = std::make_shared<testing::ManualClock>();
  useClock(clock);
  std::vector<int> ran;
  const Done done;
  const auto start = clock->now();
  onLoop([&] {
    loop->at(start + hours{3}, [&] { ran.push_back(3); });
    loop->at(start + hours{1}, [&] { ran.push_back(1); });
    loop->at(start + hours{2}, [&] {
      ran.push_back(2);
      EXPECT_EQ(clock->now(), start + hours{2});
    });
    loop->at(start + hours{3}, [&] { ran.push_back(4); });  // of the same moment the first first
    loop->at(start + hours{4}, [done] { done(); });
  });
  done.wait();
  EXPECT_THAT(ran, ElementsAre(1, 2, 3, 4));
}

TEST_F(CurlLoopTest, ATimerOfThePastRunsSoonAndNotWithinAt) {
  bool within = true, ran_within = false;
  const Done done;
  onLoop([&] {
    loop->at(Clock::steady()->now() - hours{1}, [&, done] {
      ran_within = within;
      done();
    });
    within = false;
  });
  done.wait();
  EXPECT_FALSE(ran_within);
}

TEST_F(CurlLoopTest, ACancelledTimerDoesNotRun) {
  const auto clock = std::make_shared<testing::ManualClock>(testing::ManualClock::Mode::by_hand);
  useClock(clock);
  std::vector<int> ran;
  const auto start = clock->now();
  CurlLoop::Timer third;
  const Done done;
  onLoop([&] {
    const CurlLoop::Timer first = loop->at(start + hours{1}, [&] { ran.push_back(1); });
    loop->at(start + hours{1}, [&] {
      ran.push_back(2);
      loop->cancel(third);  // which has come as well
    });
    third = loop->at(start + hours{1}, [&] { ran.push_back(3); });
    loop->at(start + hours{2}, [done] { done(); });
    loop->cancel(first);
    loop->cancel(first);  // once more is no harm
  });
  ASSERT_TRUE(clock->awaitWaits(1));
  clock->advance(hours{2});
  done.wait();
  EXPECT_THAT(ran, ElementsAre(2));
}

TEST_F(CurlLoopTest, ATaskMakesAnEarlierTimerThanTheOneThatIsWaitedFor) {
  const auto clock = std::make_shared<testing::ManualClock>(testing::ManualClock::Mode::by_hand);
  useClock(clock);
  const auto start = clock->now();
  std::vector<int> ran;
  const Done done;
  onLoop([&] { loop->at(start + hours{9}, [&] { ran.push_back(9); }); });
  ASSERT_TRUE(clock->awaitWaits(1));
  onLoop([&] { loop->at(start + hours{1}, [done] { done(); }); });
  ASSERT_TRUE(clock->awaitWaits(2));
  clock->advance(hours{1});
  done.wait();
  EXPECT_THAT(ran, IsEmpty());
}

TEST_F(CurlLoopTest, SendsARequestAndCompletesItOnce) {
  RawServer server(answering(httpAnswer("200 OK", "hello")));
  const auto sent = sendFromHere(server.url("/path"));
  const HttpResponse response = sent->response.get();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(server.requests().at(0).target(), "/path");
  onLoop([] {});
  EXPECT_EQ(sent->completed, 1);
}

TEST_F(CurlLoopTest, SendsInParallelEachOnItsConnection) {
  std::promise<void> all_there;
  const std::shared_future<void> go = all_there.get_future().share();
  RawServer server([&](RawConnection& connection) {
    if (connection.readRequest()) {
      go.wait();
      connection.send(httpAnswer("200 OK"));
    }
  });
  std::vector<std::shared_ptr<Sent>> sent;
  for (int i = 0; i < 6; ++i) {  // more than may be open without being used
    sent.push_back(sendFromHere(server.url()));
  }
  EXPECT_TRUE(server.waitForRequests(6));
  all_there.set_value();
  for (const auto& one : sent) {
    EXPECT_EQ(one->response.get().status, 200);
  }
  EXPECT_EQ(server.connections(), 6u);
}

TEST_F(CurlLoopTest, UsesAConnectionAgain) {
  RawServer server(answering(httpAnswer("200 OK")));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sendFromHere(server.url())->response.get().status, 200);
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(CurlLoopTest, RunsTasksAndTimersWhileARequestIsUnderWay) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.stall();
  });
  CancellationSource cancel;
  const auto sent = sendFromHere(server.url(), cancel.token());
  EXPECT_TRUE(server.waitForRequests(1));
  const Done timer;
  onLoop([&] { loop->at(Clock::steady()->now(), [timer] { timer(); }); });
  timer.wait();
  cancel.cancel();
  EXPECT_THROW(sent->response.get(), CancelledError);
}

// The clock may move at any moment, and nothing of it wakes libcurl.
TEST_F(CurlLoopTest, ATimerOfAnotherClockRunsWhileARequestIsUnderWay) {
  const auto clock = std::make_shared<testing::ManualClock>(testing::ManualClock::Mode::by_hand);
  useClock(clock);
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.stall();
  });
  CancellationSource cancel;
  std::shared_ptr<Sent> sent;
  onLoop([&] {
    sent = send(server.url(), cancel.token());
    loop->at(clock->now() + hours{1}, [&] { cancel.cancel(); });
  });
  EXPECT_TRUE(server.waitForRequests(1));
  clock->advance(hours{1});
  EXPECT_THROW(sent->response.get(), CancelledError);
}

TEST_F(CurlLoopTest, ARequestIsCancelledFromAnotherThread) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.readToEnd();
  });
  CancellationSource cancel;
  const auto sent = sendFromHere(server.url(), cancel.token());
  EXPECT_TRUE(server.waitForRequests(1));
  cancel.cancel();
  EXPECT_THROW(sent->response.get(), CancelledError);
  EXPECT_TRUE(server.waitForFinishedScripts(1));  // its connection has ended
  onLoop([] {});
  EXPECT_EQ(sent->completed, 1);
}

TEST_F(CurlLoopTest, OneThatWasCancelledBeforeIsNotSent) {
  RawServer server(answering(httpAnswer("200 OK")));
  CancellationSource cancel;
  cancel.cancel();
  const auto sent = sendFromHere(server.url(), cancel.token());
  try {
    sent->response.get();
    FAIL();
  } catch (const CancelledError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(CurlLoopTest, AFailureIsGivenToTheCompletion) {
  options.tls.ca_file = "/no/such/file";
  const auto sent = sendFromHere("https://127.0.0.1:1/");
  EXPECT_THROW(sent->response.get(), TransportError);
}

TEST_F(CurlLoopTest, CloseWaitsForTheWorkUnderWay) {
  std::atomic<bool> ended{false};
  std::thread releasing;
  {
    auto work = std::make_shared<CurlLoop::Work>(loop);
    onLoop([] {});
    const CancellationToken closing = loop->closing();
    releasing = std::thread([&ended, closing, work = std::move(work)]() mutable {
      while (!closing.cancelled()) {
        std::this_thread::yield();
      }
      ended = true;
      work.reset();
    });
  }
  loop->close();
  EXPECT_TRUE(ended);
  releasing.join();
}

TEST_F(CurlLoopTest, WorkMayPostWhileItIsClosed) {
  auto work = std::make_shared<CurlLoop::Work>(loop);
  std::atomic<bool> ran{false};
  std::shared_ptr<CancellationCallback> on_closing;
  onLoop([&] {
    on_closing = std::make_shared<CancellationCallback>(loop->closing(), [&] {
      loop->post([&] {
        ran = true;
        work.reset();
      });
    });
  });
  loop->close();
  EXPECT_TRUE(ran);
  EXPECT_TRUE(loop->closing().cancelled());
}

TEST_F(CurlLoopTest, MayBeClosedOnItsOwnThread) {
  auto other = std::make_shared<CurlLoop>(Clock::steady(), 4);
  const std::weak_ptr<CurlLoop> weak = other;
  const Done done;
  other->post([done, closed = other.get()] {
    closed->close();  // does not wait for itself
    done();
  });
  done.wait();
  other.reset();
  while (!weak.expired()) {  // the thread ends, and lets go of it
    std::this_thread::yield();
  }
}

TEST_F(CurlLoopTest, OneThatWasNeverUsedHasNoThreadToWaitFor) {
  const auto other = std::make_shared<CurlLoop>(Clock::steady(), 4);
  other->close();
  EXPECT_EQ(other.use_count(), 1);
}

}  // namespace
}  // namespace heymilo
