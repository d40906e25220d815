// Counts the candidates sixty times in six threads, within 20 requests in 500 ms: POSTING_ID.
#include <atomic>
#include <heymilo/heymilo.hpp>
#include <iostream>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  heymilo::ClientOptions options;
  options.rate_limit = heymilo::RateLimit{20, std::chrono::milliseconds{500}};
  const auto client = heymilo::Client::fromEnvironment(options);
  heymilo::ListCandidatesParams one;
  one.limit = 1;
  std::atomic<int> failed{0};
  std::atomic<long> total{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      try {
        for (int n = 0; n < 10; ++n) {
          total += client.listCandidates(argv[1], one).pagination.total_count.value();
        }
      } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        ++failed;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::cout << total << '\n';
  return failed > 0 ? 1 : 0;
}
