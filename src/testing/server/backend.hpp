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

/// The mock server without its listener: from a request, whatever its source, to the reply and its
/// delivery. Thread-safe.
class Backend {
 public:
  /// Throws std::invalid_argument for options that can't be used.
  explicit Backend(MockServerOptions given, OperationTable operations = documentedOperations());

  /// `request`: as received, its operation not yet known.
  Reply handle(RecordedRequest request);
  /// The reply to an invalid request, with the status of the error.
  Reply refuse(int status);
  /// For a request whose head has been received: the number of body bytes after which it is
  /// interrupted.
  std::optional<std::size_t> interruptAt(RecordedRequest head);

  // Declared in the order of their dependencies.
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
