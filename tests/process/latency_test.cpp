// How late a call ends, as its caller sees it: after its deadline, and after cancel() by another
// thread, in any phase of the call. Each phase is a server that keeps calls in it, and reports
// them. The promise is 50 ms; the output is the measurement.

#ifdef __linux__  // a DNS lookup can be delayed, and a connection held pending

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "support/call_phases.hpp"
#include "support/sanitizers.hpp"

namespace heymilo {
namespace {

using namespace heymilo_test::phases;  // NOLINT: the subject
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kRounds = 4;

constexpr Milliseconds kPromised{heymilo_test::kSanitized ? 500 : 50};  // a sanitizer is slow
// A wait without a wake-up takes a second or more in libcurl. The scheduler of a busy machine may
// delay one call in ten by less.
constexpr Milliseconds kHang{900};

/// A distribution, from the lowest to the highest.
class Measured {
 public:
  explicit Measured(std::vector<Milliseconds> values) : values_(std::move(values)) {
    std::sort(values_.begin(), values_.end());
  }
  std::size_t count() const { return values_.size(); }
  Milliseconds quantile(double share) const {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(count()));
    return values_[(std::min)(rank, count() - 1)];
  }

 private:
  std::vector<Milliseconds> values_;
};

/// Calls, kCallers at a time, and the delay of each one's end.
Measured measure(Phase& phase, End end, std::mt19937& random) {
  struct Caller {
    CancellationSource source;
    steady_clock::time_point begun, cancelled, ended;
    std::thread thread;
  };
  std::vector<Milliseconds> late;
  for (std::size_t round = 1; round <= kRounds; ++round) {
    std::vector<Caller> callers(kCallers);
    for (Caller& caller : callers) {
      caller.thread = std::thread([&] {
        RequestOptions options;
        if (end == End::deadline) {
          options.total_timeout = phase.deadline;
        }
        options.cancellation = caller.source.token();
        caller.begun = steady_clock::now();
        try {
          phase.call(options);
          ADD_FAILURE() << phase.name << ": an answer came";
        } catch (const Error& error) {
          caller.ended = steady_clock::now();
          phase.check(error, end);
        }
      });
    }
    EXPECT_TRUE(phase.reached(round * kCallers)) << phase.name;
    if (end == End::cancellation) {
      std::uniform_int_distribution<milliseconds::rep> moment(0, phase.span.count());
      std::vector<milliseconds> moments(kCallers);
      std::generate(moments.begin(), moments.end(), [&] { return milliseconds{moment(random)}; });
      std::sort(moments.begin(), moments.end());
      const auto start = steady_clock::now();
      for (std::size_t i = 0; i < kCallers; ++i) {
        std::this_thread::sleep_until(start + moments[i]);
        callers[i].cancelled = steady_clock::now();
        callers[i].source.cancel();
      }
    }
    for (Caller& caller : callers) {
      caller.thread.join();
      late.emplace_back(caller.ended -
                        (end == End::deadline ? caller.begun + phase.deadline : caller.cancelled));
    }
  }
  return Measured(std::move(late));
}

std::vector<std::function<std::unique_ptr<Phase>()>> phases(End end) {
  return {[] { return std::make_unique<QuotaWait>(); },
          [] { return std::make_unique<LookUp>(); },
          [] { return std::make_unique<Connect>(); },
          [] { return std::make_unique<Tls>(); },
          [] { return std::make_unique<StalledSend>(); },
          [] { return std::make_unique<SlowFirstByte>(); },
          [] { return std::make_unique<SlowBody>(); },
          [end] { return std::make_unique<Backoff>(end); }};
}

void measureAll(End end, const char* title) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  std::printf("%s (seed %u)\n%-16s %6s %8s %8s %8s %8s  ms\n",
              title,
              seed,
              "phase",
              "calls",
              "median",
              "p90",
              "p99",
              "max");
  for (const auto& make : phases(end)) {
    const std::unique_ptr<Phase> phase = make();
    const Measured late = measure(*phase, end, random);
    std::printf("%-16s %6zu %8.2f %8.2f %8.2f %8.2f\n",
                phase->name,
                late.count(),
                late.quantile(0.5).count(),
                late.quantile(0.9).count(),
                late.quantile(0.99).count(),
                late.quantile(1).count());
    std::fflush(stdout);
    EXPECT_GE(late.count(), 100u);
    EXPECT_LT(late.quantile(0.9).count(), kPromised.count()) << phase->name;
    EXPECT_LT(late.quantile(1).count(), kHang.count()) << phase->name;
    const Milliseconds earliest =
        end == End::deadline ? -phase->mayEndEarlier() : Milliseconds::zero();
    EXPECT_GE(late.quantile(0).count(), earliest.count()) << phase->name << ": ended too early";
  }
}

TEST(Latency, OfTheDeadline) { measureAll(End::deadline, "Ended after the deadline by"); }

TEST(Latency, OfACancellation) { measureAll(End::cancellation, "Ended after cancel() by"); }

}  // namespace
}  // namespace heymilo

#endif
