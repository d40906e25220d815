// A program of a user's that shares the quota of a machine, for machine_quota_test.cpp: it reads a
// page again and again, until it is killed.
//
// quota_worker POSTING_ID THREADS interactive|bulk plain|forking

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "support/quota_work.hpp"

int main(int count, char** arguments) {
  if (count != 5) {
    return 2;
  }
  const std::vector<std::string> given(arguments + 1, arguments + count);
  heymilo::ClientOptions options;
  options.proxy = "";
  options.timeout = std::chrono::milliseconds{500};
  heymilo_test::QuotaWork work;
  work.posting = given[0];
  work.threads = std::stoi(given[1]);
  work.priority = given[2] == "bulk" ? heymilo::Priority::bulk : heymilo::Priority::interactive;
  work.forks = given[3] == "forking";
  try {
    heymilo_test::shareQuota(heymilo::Client::fromEnvironment(options), work);
  } catch (const heymilo::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
