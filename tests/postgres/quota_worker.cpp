// A program of a user's that shares a quota in PostgreSQL, for quota_test.cpp: it reads a page
// again and again, until it is killed. The times of the protocol are shorter than those of the
// library.
//
// postgres_quota_worker URL NAME LEASE_MS UNDER_WAY_MS POSTING_ID THREADS interactive|bulk
// plain|forking TIMEOUT_MS

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "postgres/quota_store.hpp"
#include "support/quota_work.hpp"

int main(int count, char** arguments) {
  if (count != 10) {
    return 2;
  }
  const std::vector<std::string> given(arguments + 1, arguments + count);
  heymilo::ClientOptions options;
  options.proxy = "";
  options.timeout = std::chrono::milliseconds(std::stoi(given[8]));
  heymilo_test::QuotaWork work;
  work.posting = given[4];
  work.threads = std::stoi(given[5]);
  work.priority = given[6] == "bulk" ? heymilo::Priority::bulk : heymilo::Priority::interactive;
  work.forks = given[7] == "forking";
  work.patience = work.forks ? 3'000 : 30'000;
  try {
    options.quota = heymilo::postgres::makeQuota(given[0],
                                                 given[1],
                                                 {std::chrono::milliseconds(std::stoi(given[2])),
                                                  std::chrono::milliseconds(std::stoi(given[3]))});
    heymilo_test::shareQuota(heymilo::Client::fromEnvironment(options), work);
  } catch (const heymilo::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
