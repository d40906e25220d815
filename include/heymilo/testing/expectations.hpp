#pragma once

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "heymilo/testing/recorded_request.hpp"

/// What a test says of the requests that a MockServer, a FakeTransport or anything else with
/// `requests()` has seen. Works with any test framework:
///
/// ```cpp
/// EXPECT_TRUE(received(server, "ingestCandidate", 1));       // GoogleTest
/// REQUIRE(received(server, "ingestCandidate", 1));           // Catch2, doctest
/// if (const auto result = received(server, "ingestCandidate"); !result) {
///   std::cerr << result << '\n';
/// }
/// ```
///
/// Where one does not hold, its message lists the requests, without headers and bodies, so without
/// candidates' data.
namespace heymilo::testing {

/// Whether something holds, and if not, why.
class Expectation {
 public:
  /// It holds.
  Expectation() = default;
  /// It does not, for this reason, which must not be empty.
  explicit Expectation(std::string why_not) : message_(std::move(why_not)) {}

  /// Whether it holds.
  explicit operator bool() const noexcept { return message_.empty(); }
  /// Why it does not hold; empty where it does.
  const std::string& message() const noexcept { return message_; }

  /// For EXPECT_TRUE and ASSERT_TRUE of GoogleTest, so that they print the message: converts to
  /// its AssertionResult, which no header of this library knows.
  template <class AssertionResult,
            class = decltype(std::declval<const AssertionResult&>().failure_message()),
            class = std::enable_if_t<std::is_constructible_v<AssertionResult, bool>>>
  operator AssertionResult() const {  // NOLINT(google-explicit-constructor): that is its use
    AssertionResult result(message_.empty());
    result << message_;
    return result;
  }

 private:
  std::string message_;
};

/// `it holds`, or the message.
std::ostream& operator<<(std::ostream& out, const Expectation& expectation);

/// As the function below, of the requests themselves.
Expectation requestsHave(const std::vector<RecordedRequest>& requests, const RequestMatch& match,
                         std::size_t times);
/// As the function below, of the requests themselves.
Expectation requestsAre(const std::vector<RecordedRequest>& requests,
                        const std::vector<RequestMatch>& in_order);
/// As the function below, of the requests themselves.
Expectation requestsCame(const std::vector<RecordedRequest>& requests, const RequestMatch& match,
                         const std::vector<std::chrono::milliseconds>& apart);

/// `peer` was sent exactly so many requests that `match` fits:
/// `received(server, RequestMatch::sending("ingestCandidate", ada))`.
template <class Peer>
Expectation received(const Peer& peer, const RequestMatch& match, std::size_t times = 1) {
  return requestsHave(peer.requests(), match, times);
}

/// `peer` was sent these requests in this order, and no others:
/// `receivedInOrder(server, {"listCandidates", "ingestCandidate"})`.
template <class Peer>
Expectation receivedInOrder(const Peer& peer, const std::vector<RequestMatch>& in_order) {
  return requestsAre(peer.requests(), in_order);
}

/// The requests to `peer` that `match` fits came with these times between them, to the millisecond;
/// for a ManualClock, by which they are exact.
template <class Peer>
Expectation receivedApart(const Peer& peer, const RequestMatch& match,
                          const std::vector<std::chrono::milliseconds>& apart) {
  return requestsCame(peer.requests(), match, apart);
}

}  // namespace heymilo::testing
