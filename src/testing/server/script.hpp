#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>

#include "heymilo/testing/scripted_response.hpp"
#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// The scripted responses that have not been used yet. Used by any thread.
class Script {
 public:
  /// Throws std::invalid_argument for an operation that does not exist.
  void add(RequestMatch match, ScriptedResponse response);
  /// The response for this request, which is used up by that; empty: the usual.
  std::optional<ScriptedResponse> take(const RecordedRequest& request);
  /// Where the first response for this operation is to interrupt the request, of which only the
  /// head has come: after how many bytes of its body. It is used up by that.
  std::optional<std::size_t> takeInterrupt(const RecordedRequest& head);
  std::size_t pending() const;
  void clear();

 private:
  struct Rule {
    RequestMatch match;
    ScriptedResponse response;  // its count is what is left
  };
  using Rules = std::list<Rule>;

  ScriptedResponse use(Rules::iterator rule);

  mutable std::mutex mutex_;
  Rules rules_;
};

/// Makes of the usual reply (where the response has one treated as usual first) what is scripted.
Reply scriptedReply(ScriptedResponse response, Reply usual);

}  // namespace heymilo::testing::detail
