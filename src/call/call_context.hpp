#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/per_process.hpp"
#include "call/call_request.hpp"
#include "call/operation.hpp"
#include "call/pacing.hpp"
#include "heymilo/options.hpp"
#include "types/clock.hpp"

namespace heymilo {

/// What calls take from outside of the library; tests put their own in.
struct Surroundings {
  std::shared_ptr<Transport> transport;
  std::shared_ptr<Clock> clock;
  std::function<double()> random;  // from 0 to 1; called by any thread
};

/// What all calls of a client share: its options, its quota, and how a request is made from them.
/// All functions may be called by any thread.
class CallContext {
 public:
  enum class Body { none, json };

  /// `options` have been checked.
  CallContext(ClientOptions options, Surroundings surroundings);

  /// A request without its query and its body, which are to be added; with the header field of a
  /// body where one is announced. Throws InvalidArgumentError.
  CallRequest makeRequest(const Operation& operation, PathValues path,
                          const RequestOptions& options, Body body) const;

  /// Whether each attempt has header fields of its own: credential or prepare is set.
  bool preparesAttempts() const noexcept;
  /// Makes the header fields of the next attempt from `common`, those of all attempts. Throws what
  /// credential and prepare throw, and InvalidArgumentError where what they give can't be sent.
  void prepareAttempt(HttpRequest& request, const Headers& common) const;

  /// Notifies on_event, if there is one.
  void emit(const Event& event) const noexcept;

  Pacer& pacer() const { return *pacer_; }
  Transport& transport() const noexcept { return *surroundings_.transport; }
  const std::shared_ptr<Clock>& clock() const noexcept { return surroundings_.clock; }
  double random() const { return surroundings_.random(); }
  const ClientOptions& options() const noexcept { return options_; }
  const std::string& baseUrl() const noexcept { return base_url_; }

 private:
  static Headers shared(Headers headers);

  const ClientOptions options_;
  const Surroundings surroundings_;
  const std::string base_url_;  // without a trailing slash
  const Headers headers_;       // of every request without a body
  const Headers headers_with_body_;
  PerProcess<Pacer> pacer_;
};

}  // namespace heymilo
