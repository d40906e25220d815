#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "heymilo/clock.hpp"
#include "heymilo/testing/recorded_request.hpp"
#include "heymilo/testing/scripted_response.hpp"
#include "heymilo/transport.hpp"

namespace heymilo::testing {

/// A Transport for tests without a server: it responds from a function or a script, and records the
/// requests. For an API with state, also without a socket, see MockServer::transport().
///
/// ```cpp
/// options.transport = std::make_shared<FakeTransport>(std::vector{
///     ScriptedResponse::interrupt(),                      // not sent
///     ScriptedResponse::answer(503),
///     ScriptedResponse::answer(202, R"({"data":{"ingestion_id":"i1"}})")});
/// ```
///
/// Thread-safe.
class FakeTransport final : public NonBlockingTransport {
 public:
  /// Responds to a request, or throws. Called by any number of threads in parallel.
  using Function = std::function<HttpResponse(const HttpRequest&, const CancellationToken&)>;

  /// Calls `function` for each request.
  explicit FakeTransport(Function function);
  /// The n-th request gets the n-th response (each as often as its `count` says), and all later
  /// requests the last one. Delays and timeouts use `clock`; nullptr: the machine's. Throws
  /// std::invalid_argument for an empty script, and for responses that need a server: asUsual(),
  /// afterCommit() and raw().
  explicit FakeTransport(std::vector<ScriptedResponse> script,
                         std::shared_ptr<Clock> clock = nullptr);
  ~FakeTransport() override;

  /// Responds according to the script or the function, if HttpRequest::may_send allows the request.
  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;
  /// As send(), on a separate thread.
  void start(HttpRequest request, CancellationToken cancellation, Completion done) override;

  /// All requests so far, in order of arrival, including interrupted ones, without those that
  /// HttpRequest::may_send refused. A request without a complete response has `status` 0.
  std::vector<RecordedRequest> requests() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A JSON response for a FakeTransport's function.
HttpResponse jsonAnswer(int status, std::string body, Headers headers = {});

}  // namespace heymilo::testing
