#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>

#include "heymilo/testing/scripted_response.hpp"
#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// The unused scripted responses. Thread-safe.
class Script {
 public:
  /// Throws std::invalid_argument for an unknown operation.
  void add(RequestMatch match, ScriptedResponse response);
  /// The response for this request, which is then used up; empty: the usual one.
  std::optional<ScriptedResponse> take(const RecordedRequest& request);
  /// If the first response for this operation interrupts the request, of which only the head has
  /// been received: the number of body bytes after which it does. It is then used up.
  std::optional<std::size_t> takeInterrupt(const RecordedRequest& head);
  std::size_t pending() const;
  void clear();

 private:
  struct Rule {
    RequestMatch match;
    ScriptedResponse response;  // its count is the remaining one
  };
  using Rules = std::list<Rule>;

  ScriptedResponse use(Rules::iterator rule);

  mutable std::mutex mutex_;
  Rules rules_;
};

/// Applies the script to the usual reply (if the request was first processed in the usual way).
Reply scriptedReply(ScriptedResponse response, Reply usual);

}  // namespace heymilo::testing::detail
