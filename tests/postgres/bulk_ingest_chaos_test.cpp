// All accidents at the same time, with a journal in PostgreSQL: processes of bulk_ingest are killed
// and stopped, the file lives, the API fails, and the database crashes. In the end everybody is in
// the posting exactly once.
//
// HEYMILO_TEST_SEED and HEYMILO_TEST_SECONDS repeat it or make it longer.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "support/ingest_chaos.hpp"
#include "support/postgres.hpp"

namespace heymilo_test {
namespace {

class PostgresIngestChaos : public IngestChaos {
 protected:
  PostgresIngestChaos() : IngestChaos({30}) {}

  std::string journal() const override { return database_.url(); }

  /// The database crashes, and starts again after a moment. Nobody is there who knows what other
  /// workers have sent, so that those who take over wait for them.
  void meddle() override {
    if (next_ == Time()) {
      next_ = now() + std::chrono::seconds{6};
    }
    if (now() < next_) {
      return;
    }
    if (running_ && left() > adoption()) {
      database_.stop(PostgresServer::Stop::immediate);
      running_ = false;
      ++crashes_;
      next_ = now() + std::chrono::milliseconds{below(1'000)};
    } else if (!running_) {
      database_.start();
      running_ = true;
      start({}, adoption());  // two that live until they are done
      start({}, adoption());
      next_ = now() + adoption() + std::chrono::milliseconds{below(6'000)};
    }
  }

  std::size_t crashes_ = 0;

 private:
  PostgresServer database_;
  Time next_{};
  bool running_ = true;
};

TEST_F(PostgresIngestChaos, EverybodyIsThereOnce) {
  SCOPED_TRACE(trace());
  runWithAccidents();
  std::cout << "the database crashed " << crashes_ << " times\n";
  EXPECT_GT(crashes_, 0u);
  expectEverybodyOnce();
}

}  // namespace
}  // namespace heymilo_test
