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

/// A Transport for tests that need no server: it answers from a function or a script, and remembers
/// the requests. Where an API with state is wanted, and no socket, see MockServer::transport().
///
/// ```cpp
/// options.transport = std::make_shared<FakeTransport>(std::vector{
///     ScriptedResponse::interrupt(),                      // not sent
///     ScriptedResponse::answer(503),
///     ScriptedResponse::answer(202, R"({"data":{"ingestion_id":"i1"}})")});
/// ```
///
/// All functions may be called by any thread.
class FakeTransport final : public NonBlockingTransport {
 public:
  /// What answers a request, or throws. Called by any number of threads at once.
  using Function = std::function<HttpResponse(const HttpRequest&, const CancellationToken&)>;

  /// Asks `function` each time.
  explicit FakeTransport(Function function);
  /// Answers the n-th request with the n-th response (each as often as its `count` says), and all
  /// later ones with the last. Delays, and with them time-outs, go by `clock`, nullptr: the
  /// machine's. Throws std::invalid_argument for an empty script, and for responses that need a
  /// server: asUsual(), afterCommit() and raw().
  explicit FakeTransport(std::vector<ScriptedResponse> script,
                         std::shared_ptr<Clock> clock = nullptr);
  ~FakeTransport() override;

  /// Answers as the script or the function says.
  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;
  /// As send(), on a thread of its own.
  void start(HttpRequest request, CancellationToken cancellation, Completion done) override;

  /// All requests so far, in the order in which they came, those included that were interrupted.
  /// One that no complete answer was given to has `status` 0.
  std::vector<RecordedRequest> requests() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// An answer for a FakeTransport's function, with the Content-Type of JSON.
HttpResponse jsonAnswer(int status, std::string body, Headers headers = {});

}  // namespace heymilo::testing
