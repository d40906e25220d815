#pragma once

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "heymilo/testing/recorded_request.hpp"

/// Expectations about the requests that a MockServer, a FakeTransport or another object with
/// `requests()` has received. Works with any test framework:
///
/// ```cpp
/// EXPECT_TRUE(received(server, "ingestCandidate", 1));       // GoogleTest
/// REQUIRE(received(server, "ingestCandidate", 1));           // Catch2, doctest
/// if (const auto result = received(server, "ingestCandidate"); !result) {
///   std::cerr << result << '\n';
/// }
/// ```
///
/// The message of a failed expectation lists the requests without headers and bodies, and thus
/// without candidate data.
namespace heymilo::testing {

/// The result of an expectation, with a message if it failed.
class Expectation {
 public:
  /// A successful result.
  Expectation() = default;
  /// A failure with this message, which must not be empty.
  explicit Expectation(std::string why_not) : message_(std::move(why_not)) {}

  /// Whether the expectation holds.
  explicit operator bool() const noexcept { return message_.empty(); }
  /// The reason of the failure; empty on success.
  const std::string& message() const noexcept { return message_; }

  /// Conversion to GoogleTest's AssertionResult, for the message in EXPECT_TRUE and ASSERT_TRUE.
  /// This library does not include a header of GoogleTest.
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

/// Writes `it holds`, or the message.
std::ostream& operator<<(std::ostream& out, const Expectation& expectation);

/// The function below, for a list of requests.
Expectation requestsHave(const std::vector<RecordedRequest>& requests, const RequestMatch& match,
                         std::size_t times);
/// The function below, for a list of requests.
Expectation requestsAre(const std::vector<RecordedRequest>& requests,
                        const std::vector<RequestMatch>& in_order);
/// The function below, for a list of requests.
Expectation requestsCame(const std::vector<RecordedRequest>& requests, const RequestMatch& match,
                         const std::vector<std::chrono::milliseconds>& apart);

/// `peer` has received exactly this number of requests that match:
/// `received(server, RequestMatch::sending("ingestCandidate", ada))`.
template <class Peer>
Expectation received(const Peer& peer, const RequestMatch& match, std::size_t times = 1) {
  return requestsHave(peer.requests(), match, times);
}

/// `peer` has received these requests in this order, and no others:
/// `receivedInOrder(server, {"listCandidates", "ingestCandidate"})`.
template <class Peer>
Expectation receivedInOrder(const Peer& peer, const std::vector<RequestMatch>& in_order) {
  return requestsAre(peer.requests(), in_order);
}

/// The matching requests to `peer` arrived with these intervals, to the millisecond; for a
/// ManualClock, which makes them exact.
template <class Peer>
Expectation receivedApart(const Peer& peer, const RequestMatch& match,
                          const std::vector<std::chrono::milliseconds>& apart) {
  return requestsCame(peer.requests(), match, apart);
}

}  // namespace heymilo::testing
