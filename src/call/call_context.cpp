#include "call/call_context.hpp"

#include <string_view>
#include <utility>

#include "call/base_url.hpp"
#include "call/option_checks.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/version.hpp"

namespace heymilo {

namespace {

constexpr std::string_view kApiKey = "X-API-KEY";

std::string userAgent(const ClientOptions& options) {
  std::string own = "heymilo-cpp/" + std::string(version());
  return options.user_agent.empty() ? own : options.user_agent + " " + own;
}

Headers commonHeaders(const ClientOptions& options) {
  Headers headers;
  if (!options.api_key.empty() && !options.credential) {
    headers.add(kApiKey, options.api_key);
  }
  if (options.authorization) {
    headers.add("Authorization", *options.authorization);
  }
  if (options.workspace_id) {
    headers.add("X-Workspace-Id", *options.workspace_id);
  }
  headers.add("Accept", "application/json");
  headers.add("User-Agent", userAgent(options));
  for (const auto& [name, value] : options.headers) {
    headers.add(name, value);
  }
  return headers;
}

Headers withJsonBody(Headers headers) {
  headers.add("Content-Type", "application/json");
  return headers;
}

std::string credentialFrom(const std::function<std::string()>& source) {
  std::string credential = source();
  if (credential.find_first_not_of(' ') == std::string::npos) {
    throw InvalidArgumentError("credential", "must not give an empty text");
  }
  checkHeaderText("credential", credential);
  return credential;
}

bool differ(const HttpRequest& a, const HttpRequest& b) {
  return a.method != b.method || a.url != b.url || a.body != b.body ||
         a.connect_timeout != b.connect_timeout || a.timeout != b.timeout ||
         a.max_response_bytes != b.max_response_bytes || a.idempotent != b.idempotent;
}

std::unique_ptr<Pacer> makePacer(const ClientOptions& options, Clock& clock) {
  const auto patience = options.retry.max_retry_after;
  if (!options.quota) {
    return std::make_unique<Pacer>(options.rate_limit, patience, clock, options.reserved_requests);
  }
  QuotaTerms terms;
  terms.key = quotaKey(options);
  terms.requests = options.rate_limit->requests;
  terms.per = options.rate_limit->per;
  terms.reserved_requests = options.reserved_requests;
  terms.timeout = options.timeout;
  terms.real_time = isSteady(clock);
  return std::make_unique<Pacer>(*options.quota, terms, patience, clock);
}

/// The next field from `field` on that is the library's to set.
Headers::const_iterator nextReserved(Headers::const_iterator field, Headers::const_iterator end) {
  while (field != end && !isReservedHeader(field->first)) {
    ++field;
  }
  return field;
}

/// That the fields which are the library's to set are the same, in the same order.
void checkReservedFields(const Headers& prepared, const Headers& given) {
  auto ours = nextReserved(given.begin(), given.end());
  for (auto field = nextReserved(prepared.begin(), prepared.end()); field != prepared.end();
       field = nextReserved(field + 1, prepared.end())) {
    if (ours == given.end() || *ours != *field) {
      throw InvalidArgumentError("prepare", field->first + " is the library's to set");
    }
    ours = nextReserved(ours + 1, given.end());
  }
  if (ours != given.end()) {
    throw InvalidArgumentError("prepare", ours->first + " must not be removed");
  }
}

}  // namespace

CallContext::CallContext(ClientOptions options, Surroundings surroundings)
    : options_(std::move(options)),
      surroundings_(std::move(surroundings)),
      base_url_(parseBaseUrl(options_.base_url).text),
      headers_(shared(commonHeaders(options_))),
      headers_with_body_(shared(withJsonBody(headers_))),
      pacer_([this] { return makePacer(options_, *surroundings_.clock); }) {}

/// Requests need no copy of them.
Headers CallContext::shared(Headers headers) {
  headers.share();
  return headers;
}

CallRequest CallContext::makeRequest(const Operation& operation, PathValues path,
                                     const RequestOptions& options, Body body) const {
  checkRequestOptions(options);
  if (options_.quota && options.timeout == std::chrono::milliseconds{0}) {
    throw InvalidArgumentError("timeout", "must be more than 0 where the quota is shared");
  }
  CallRequest request;
  HttpRequest& http = request.http;
  http.method = operation.method;
  http.idempotent = operation.idempotent();
  constexpr std::size_t kForValues = 96;  // of the path and the query, in most calls
  http.url.reserve(base_url_.size() + operation.route.size() + kForValues);
  http.url = base_url_;
  appendRoute(request, operation.route, path);
  http.headers = body == Body::json ? headers_with_body_ : headers_;
  if (options.workspace_id) {
    http.headers.set("X-Workspace-Id", *options.workspace_id);
  }
  for (const auto& [name, value] : options.headers) {
    http.headers.add(name, value);
  }
  http.connect_timeout = options_.connect_timeout;
  http.max_response_bytes = options_.max_response_bytes;
  return request;
}

bool CallContext::preparesAttempts() const noexcept {
  return options_.credential || options_.prepare;
}

void CallContext::prepareAttempt(HttpRequest& request, const Headers& common) const {
  if (options_.prepare) {
    request.headers = common;
  }
  if (options_.credential) {
    request.headers.set(kApiKey, credentialFrom(options_.credential));
  }
  if (options_.prepare) {
    HttpRequest shown = request;
    options_.prepare(shown);
    if (differ(shown, request)) {
      throw InvalidArgumentError("prepare", "must not change anything but the headers");
    }
    checkReservedFields(shown.headers, request.headers);
    request.headers = std::move(shown.headers);
  }
}

void CallContext::emit(const Event& event) const noexcept {
  if (!options_.on_event) {
    return;
  }
  try {
    options_.on_event(event);
  } catch (...) {  // NOLINT(bugprone-empty-catch): an observer must not change what it observes
  }
}

}  // namespace heymilo
