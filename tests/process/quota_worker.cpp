// A program of a user's that shares the quota of a machine, for machine_quota_test.cpp: it reads a
// page again and again, until it is killed.
//
// quota_worker POSTING_ID THREADS interactive|bulk plain|forking

#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"

namespace {

void readForEver(const heymilo::Client& client, const char* posting,
                 const heymilo::RequestOptions& options) {
  for (;;) {
    try {
      client.listCandidates(posting, {}, options);
    } catch (const heymilo::ConnectionError& error) {
      if (error.outcome() == heymilo::Outcome::not_sent) {
        _exit(0);  // the server has gone
      }
    } catch (const heymilo::TimeoutError&) {
      continue;  // it was stopped
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    return 2;
  }
  const std::vector<std::string> given(arguments + 1, arguments + count);
  heymilo::ClientOptions options;
  options.proxy = "";
  options.timeout = std::chrono::milliseconds{500};
  heymilo::RequestOptions request;
  request.max_retries = 0;
  request.priority = given[2] == "bulk" ? heymilo::Priority::bulk : heymilo::Priority::interactive;
  try {
    const heymilo::Client client = heymilo::Client::fromEnvironment(options);
    if (given[3] == "forking") {
      client.listCandidates(given[0], {}, request);
      if (fork() == 0) {  // one that does not use it, and outlives its parent
        alarm(15);
        pause();
        return 0;
      }
      fork();  // both go on
    }
    std::vector<std::thread> threads;
    for (int thread = 0; thread < std::stoi(given[1]); ++thread) {
      threads.emplace_back([&] {
        try {
          readForEver(client, given[0].c_str(), request);
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
