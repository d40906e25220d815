#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "heymilo/testing/mock_server.hpp"
#include "testing/server/api/api.hpp"
#include "testing/server/api/reply.hpp"
#include "testing/server/script.hpp"
#include "testing/server/state/candidate_store.hpp"
#include "testing/server/state/logical_clock.hpp"
#include "testing/server/state/rate_window.hpp"
#include "testing/server/state/request_log.hpp"
#include "testing/server/state/waiting_room.hpp"

namespace heymilo::testing::detail {

/// The mock server without its listener: from a request, however it came, to the reply and what is
/// to happen to that. Used by any thread.
class Backend {
 public:
  /// Throws std::invalid_argument for options that can't be used.
  explicit Backend(MockServerOptions given, OperationTable operations = documentedOperations());

  /// `request` is what was received, its operation not yet known.
  Reply handle(RecordedRequest request);
  /// The reply to what is no request, with the status that says why.
  Reply refuse(int status);
  /// Of a request whose head has come: after how many bytes of its body it is to be interrupted.
  std::optional<std::size_t> interruptAt(RecordedRequest head);

  // Declared in the order in which they need each other.
  const MockServerOptions options;  // with a clock
  LogicalClock clock;
  CandidateStore store;
  RateWindow window;
  RequestLog log;
  Script script;
  WaitingRoom room;

 private:
  Reply decide(const Route& route, RecordedRequest& request,
               std::optional<ScriptedResponse> scripted);
  std::string identify(Reply& reply);
  void date(Reply& reply) const;

  const OperationTable operations_;
  const Api api_;
  std::atomic<std::uint64_t> answers_{0};
};

}  // namespace heymilo::testing::detail
