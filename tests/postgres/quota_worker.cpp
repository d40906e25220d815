// A program of a user's that shares a quota in PostgreSQL, for quota_test.cpp: it reads a page
// again and again, until it is killed. The times of the protocol are shorter than those of the
// library.
//
// postgres_quota_worker URL NAME LEASE_MS UNDER_WAY_MS POSTING_ID THREADS interactive|bulk
// plain|forking TIMEOUT_MS

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "postgres/quota_store.hpp"

namespace {

void readForEver(const heymilo::Client& client, const std::string& posting,
                 const heymilo::RequestOptions& options, int patience) {
  for (int refused = 0;;) {
    try {
      client.listCandidates(posting, {}, options);
      refused = 0;
    } catch (const heymilo::ConnectionError& error) {
      if (error.outcome() == heymilo::Outcome::not_sent) {
        _exit(0);  // the server has gone
      }
    } catch (const heymilo::TimeoutError&) {
      continue;  // it was stopped
    } catch (const heymilo::StoreError& error) {
      if (error.outcome() != heymilo::Outcome::not_sent) {
        _exit(3);
      }
      if (++refused > patience) {
        _exit(0);  // the database has gone: a child that outlived its test
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 10) {
    return 2;
  }
  const std::vector<std::string> given(arguments + 1, arguments + count);
  heymilo::ClientOptions options;
  options.proxy = "";
  options.timeout = std::chrono::milliseconds(std::stoi(given[8]));
  heymilo::RequestOptions request;
  request.max_retries = 0;
  request.priority = given[6] == "bulk" ? heymilo::Priority::bulk : heymilo::Priority::interactive;
  try {
    options.quota = heymilo::postgres::makeQuota(given[0],
                                                 given[1],
                                                 {std::chrono::milliseconds(std::stoi(given[2])),
                                                  std::chrono::milliseconds(std::stoi(given[3]))});
    const heymilo::Client client = heymilo::Client::fromEnvironment(options);
    if (given[7] == "forking") {
      client.listCandidates(given[4], {}, request);
      if (fork() == 0) {  // one that does not use it, and outlives its parent
        alarm(15);
        pause();
        return 0;
      }
      fork();  // both go on
    }
    std::vector<std::thread> threads;
    for (int thread = 0; thread < std::stoi(given[5]); ++thread) {
      threads.emplace_back([&] {
        try {
          readForEver(client, given[4], request, given[7] == "forking" ? 3'000 : 30'000);
        } catch (const heymilo::Error& error) {
          std::fprintf(stderr, "%s\n", error.what());
          _exit(1);
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  } catch (const heymilo::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
