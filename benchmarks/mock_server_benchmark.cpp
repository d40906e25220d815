// The cost of a mock server for a test: starting one, filling it, a request without a socket, and
// stopping it.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "statistics.hpp"

namespace {

using heymilo::testing::MockServer;

/// Microseconds.
template <class Work>
double timeOf(const Work& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began)
      .count();
}

}  // namespace

int main() {
  constexpr int kRounds = 200;
  std::vector<double> start;
  std::vector<double> fill;
  std::vector<double> request;
  std::vector<double> stop;
  for (int round = 0; round < kRounds; ++round) {
    std::unique_ptr<MockServer> server;
    start.push_back(timeOf([&] { server = std::make_unique<MockServer>(); }));
    fill.push_back(timeOf([&] { server->addPosting("posting", 100); }));
    {
      const heymilo::Client client(server->clientOptions());
      client.ingestCandidate("posting", {"Ada Example", "ada@example.com"});
      request.push_back(timeOf([&] {
        client.ingestCandidate("posting", {"Bob Example", "bob@example.com"});
      }));
    }
    stop.push_back(timeOf([&] { server.reset(); }));
  }
  std::printf("microseconds, median of %d\n", kRounds);
  std::printf("start                   %8.1f\n", benchmarks::median(start));
  std::printf("add 100 candidates      %8.1f\n", benchmarks::median(fill));
  std::printf("a request in process    %8.1f\n", benchmarks::median(request));
  std::printf("stop                    %8.1f\n", benchmarks::median(stop));
}
