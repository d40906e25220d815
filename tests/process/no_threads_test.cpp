// The system has no thread left: the exception is an Error, no started work is lost, and the same
// call works once there are threads again. std::thread calls this program's pthread_create()
// instead of the C library's.

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/nonblocking.hpp"
#include "heymilo/workflows/mirror.hpp"
#include "support/bulk_ingest_fixture.hpp"

namespace {

constexpr int kAll = (std::numeric_limits<int>::max)();

/// How many more threads this one may start.
thread_local int threads_left = kAll;
/// No thread may start any.
std::atomic<bool> forbidden{false};

using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*routine)(void*), void* argument) noexcept {
  static const auto real = reinterpret_cast<Create*>(dlsym(RTLD_NEXT, "pthread_create"));
  if (threads_left <= 0 || forbidden) {
    return EAGAIN;
  }
  if (threads_left != kAll) {
    --threads_left;
  }
  return real(thread, attributes, routine, argument);
}

namespace heymilo {
namespace {

using heymilo_test::people;
using ::testing::HasSubstr;

/// During its lifetime, only this thread can start threads, and only this many.
class ThreadLimit {
 public:
  explicit ThreadLimit(int more) { threads_left = more; }
  ~ThreadLimit() { threads_left = kAll; }
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;
};

void expectOverload(const std::function<void()>& call, Outcome outcome = Outcome::not_sent) {
  try {
    const ThreadLimit none(0);
    call();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const OverloadError& error) {
    EXPECT_EQ(error.outcome(), outcome);
    EXPECT_THAT(error.what(), HasSubstr("no thread"));
  }
}

class NoThreads : public heymilo_test::BulkIngestTest {
 protected:
  NoThreads() {
    options.concurrency = 4;
    server.addPosting("listed");
    for (int i = 0; i < 450; ++i) {
      server.addCandidate("listed", {{"created_at", 1767225600 + i * 3600}});
    }
  }

  static std::size_t countOf(CandidateRange& range) {
    std::set<std::string> ids;
    for (const CandidateResponse& candidate : range) {
      EXPECT_TRUE(ids.insert(candidate.interview_id).second);
    }
    return ids.size();
  }
};

TEST_F(NoThreads, AListInParallelIsRefusedAndCanBeReadLater) {
  CandidateRange range = Client(client_options).listAllCandidatesInParallel("listed", 4);
  expectOverload([&] { range.begin(); });
  EXPECT_EQ(countOf(range), 450u);
}

TEST_F(NoThreads, AListInParallelDoesWithFewer) {
  for (int threads = 1; threads < 4; ++threads) {
    CandidateRange range = Client(client_options).listAllCandidatesInParallel("listed", 4);
    const ThreadLimit few(threads);
    EXPECT_EQ(countOf(range), 450u) << threads;
  }
}

TEST_F(NoThreads, AListIsReadWithoutReadingAhead) {
  CandidateRange range = Client(client_options).listAllCandidates("listed");
  const ThreadLimit none(0);
  EXPECT_EQ(countOf(range), 450u);
}

TEST_F(NoThreads, ANonBlockingCallIsRefusedAndCanBeMadeLater) {
  const NonBlockingClient client{Client(client_options)};
  expectOverload([&] {
    std::future<ListResponse<CandidateResponse>> page = client.listCandidates("p").future();
    page.get();
  });
  EXPECT_EQ(client.engine().pending(), 0u);
  EXPECT_TRUE(client.listCandidates("p").future().get().data.empty());
}

TEST_F(NoThreads, WhatIsRefusedIsToldToItsCallback) {
  const NonBlockingClient client{Client(client_options)};
  int told = 0;
  {
    const ThreadLimit none(0);
    for (int i = 0; i < 3; ++i) {
      client.ingestCandidate("p", people(1).front()).then([&](const auto& result) {
        ++told;
        EXPECT_THROW(result.value(), OverloadError);
      });
    }
  }
  EXPECT_EQ(told, 3);
  EXPECT_TRUE(server.candidates("p").empty());
}

TEST_F(NoThreads, ABulkIngestionIsRefusedAndCanBeRunLater) {
  expectOverload([&] { ingest(people(45)); });
  EXPECT_TRUE(server.candidates("p").empty());
  EXPECT_TRUE(ingest(people(45)).complete);
  expectEverybodyOnce(45);
}

TEST_F(NoThreads, ABulkIngestionDoesWithFewer) {
  for (int threads = 1; threads < 4; ++threads) {
    options.journal = directory.file(std::to_string(threads));
    records.clear();
    server.addPosting("p" + std::to_string(threads));
    const auto all = people(95);
    const ThreadLimit few(threads);
    const auto result = bulkIngest(Client(client_options),
                                   "p" + std::to_string(threads),
                                   heymilo_test::sourceOf(all),
                                   options);
    EXPECT_TRUE(result.complete) << threads;
    EXPECT_EQ(server.candidates("p" + std::to_string(threads)).size(), 95u) << threads;
  }
}

/// Stores nothing.
class Forgetful : public workflows::MirrorSink {
 public:
  workflows::MirrorState load() override { return {}; }
  workflows::MirrorChanges upsert(const std::vector<CandidateResponse>& batch,
                                  const workflows::MirrorWalk&) override {
    seen += batch.size();
    return {};
  }
  std::uint64_t finish(const workflows::MirrorWalk&, std::optional<Timestamp>) override {
    return 0;
  }

  std::size_t seen = 0;
};

TEST_F(NoThreads, AMirrorIsRefusedAndCanBeRunLater) {
  Forgetful sink;
  workflows::MirrorOptions mirror;
  mirror.concurrency = 4;
  expectOverload([&] { mirrorCandidates(Client(client_options), "listed", sink, mirror); });
  mirrorCandidates(Client(client_options), "listed", sink, mirror);
  EXPECT_EQ(sink.seen, 450u);
}

TEST_F(NoThreads, ATransportInProcessIsRefused) {
  client_options.transport = server.transport();
  const NonBlockingClient client{Client(client_options)};
  EXPECT_TRUE(client.listCandidates("p").future().get().data.empty());
  forbidden = true;  // the engine's thread, which is there by now, makes those of the transport
  std::future<ListResponse<CandidateResponse>> page = client.listCandidates("p").future();
  EXPECT_THROW(page.get(), OverloadError);
  forbidden = false;
}

// libcurl 8.23 waits for a thread until the connect timeout; older ones fail immediately.
TEST_F(NoThreads, ADnsLookupFailsBeforeAnythingIsSent) {
  client_options.base_url = "https://api.invalid";
  client_options.transport = nullptr;
  client_options.connect_timeout = std::chrono::milliseconds(100);
  const ThreadLimit none(0);
  try {
    Client(client_options).listCandidates("p");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const ConnectionError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_FALSE(error.permanent());
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
}

}  // namespace
}  // namespace heymilo
