// A whole posting read in parallel in four windows, compared with one page after the other, from a
// server with a latency.
//
//   parallel_walk_benchmark [--brief]

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

#include "heymilo/client.hpp"
#include "heymilo/testing/mock_server.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Walk {
  double seconds;
  std::size_t requests;
};

Walk walk(heymilo::testing::MockServer& server, heymilo::CandidateRange range,
          std::size_t candidates) {
  server.clearRequests();
  const auto begin = Clock::now();
  std::unordered_set<std::string> ids;
  std::size_t seen = 0;
  for (const heymilo::CandidateResponse& candidate : range) {
    ids.insert(candidate.interview_id);
    ++seen;
  }
  if (seen != candidates || ids.size() != candidates) {
    throw std::runtime_error("a walk did not see everybody once");
  }
  return {std::chrono::duration<double>(Clock::now() - begin).count(), server.requestCount()};
}

void measure(std::size_t candidates, std::chrono::milliseconds latency) {
  heymilo::testing::MockServerOptions server_options;
  server_options.latency = latency;
  heymilo::testing::MockServer server(server_options);
  server.addPosting("posting", candidates);
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = server.url();
  options.rate_limit.reset();
  const heymilo::Client client(options);
  const Walk alone = walk(server, client.listAllCandidates("posting"), candidates);
  const Walk four = walk(server, client.listAllCandidatesInParallel("posting", 4), candidates);
  std::printf("%10zu  %7lld  %9.2f s %5zu  %9.2f s %5zu  %6.2f\n",
              candidates,
              static_cast<long long>(latency.count()),
              alone.seconds,
              alone.requests,
              four.seconds,
              four.requests,
              four.seconds / alone.seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const bool brief = argc > 1 && std::string_view(argv[1]) == "--brief";
  std::puts("             latency  one by one            in parallel");
  std::puts("candidates   ms            time  reqs.         time  reqs.   ratio");
  if (brief) {
    measure(2'000, std::chrono::milliseconds{20});
    return 0;
  }
  for (const std::size_t candidates : {2'000u, 5'000u, 10'000u, 20'000u}) {
    measure(candidates, std::chrono::milliseconds{200});
  }
  return 0;
}
