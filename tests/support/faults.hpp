#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "heymilo/testing/mock_server.hpp"

namespace heymilo_test {

/// A number from the environment, to make a test longer, or to repeat it.
inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::strtoull(value, nullptr, 10) : otherwise;
}

/// Makes a mock server fail at random. It must outlive the server.
class Faults {
 public:
  explicit Faults(std::uint64_t seed) : random_(seed) {}

  /// One in this many requests of an operation gets this response.
  void add(heymilo::testing::MockServer& server, const char* operation, unsigned one_in,
           heymilo::testing::ScriptedResponse response) {
    dice_.push_back(std::make_unique<std::mt19937_64>(random_()));
    std::mt19937_64& dice = *dice_.back();  // used by one thread of the server at a time
    server.respondNext({operation,
                        [&dice, one_in](const heymilo::testing::RecordedRequest&) {
                          return dice() % one_in == 0;
                        }},
                       std::move(response).times(1'000'000));
  }

 private:
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<std::mt19937_64>> dice_;
};

}  // namespace heymilo_test
