#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"

namespace heymilo_test {

/// What a program of a user's does that shares a quota.
struct QuotaWork {
  std::string posting{};
  int threads = 1;
  heymilo::Priority priority = heymilo::Priority::interactive;
  bool forks = false;  ///< after a first request: an idle child, and one that goes on as its parent
  /// How many times in a row the store may refuse, each 10 ms after the last; 0: never.
  int patience = 0;
};

/// Reads a page again and again, until it is killed or the server has gone.
inline void readForEver(const heymilo::Client& client, const QuotaWork& work,
                        const heymilo::RequestOptions& options) {
  for (int refused = 0;;) {
    try {
      client.listCandidates(work.posting, {}, options);
      refused = 0;
    } catch (const heymilo::ConnectionError& error) {
      if (error.outcome() == heymilo::Outcome::not_sent) {
        _exit(0);  // the server has gone
      }
    } catch (const heymilo::TimeoutError&) {
      continue;  // it was stopped
    } catch (const heymilo::StoreError& error) {
      if (work.patience == 0) {
        throw;
      }
      if (error.outcome() != heymilo::Outcome::not_sent) {
        _exit(3);
      }
      if (++refused > work.patience) {
        _exit(0);  // the database has gone: a child that outlived its test
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }
}

/// The rest of a program's main(). Throws heymilo::Error.
inline void shareQuota(const heymilo::Client& client, const QuotaWork& work) {
  heymilo::RequestOptions request;
  request.max_retries = 0;
  request.priority = work.priority;
  if (work.forks) {
    client.listCandidates(work.posting, {}, request);
    if (fork() == 0) {  // one that does not use it, and outlives its parent
      alarm(15);
      pause();
      _exit(0);
    }
    fork();  // both go on
  }
  std::vector<std::thread> threads;
  for (int thread = 0; thread < work.threads; ++thread) {
    threads.emplace_back([&] {
      try {
        readForEver(client, work, request);
      } catch (const heymilo::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        _exit(1);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace heymilo_test
