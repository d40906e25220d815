#include "call/option_checks.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/ascii.hpp"
#include "call/base_url.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

void checkNotNegative(const char* param, std::chrono::milliseconds value) {
  if (value.count() < 0) {
    throw InvalidArgumentError(param, "must not be negative");
  }
}

void checkAddedHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (isReservedHeader(name)) {
      throw InvalidArgumentError("headers", name + " is the library's to set");
    }
  }
}

}  // namespace

bool isReservedHeader(std::string_view header) noexcept {
  constexpr std::string_view kReserved[] = {"Accept",
                                            "Accept-Encoding",
                                            "Authorization",
                                            "Connection",
                                            "Content-Encoding",
                                            "Content-Length",
                                            "Content-Type",
                                            "Cookie",
                                            "Expect",
                                            "Host",
                                            "Keep-Alive",
                                            "Proxy-Authorization",
                                            "TE",
                                            "Trailer",
                                            "Transfer-Encoding",
                                            "Upgrade",
                                            "User-Agent",
                                            "X-API-KEY",
                                            "X-Workspace-Id"};
  return std::any_of(std::begin(kReserved), std::end(kReserved), [header](std::string_view name) {
    return ascii::equalIgnoringCase(name, header);
  });
}

void checkHeaderText(const std::string& param, std::string_view value) {
  if (std::any_of(value.begin(), value.end(), [](char c) { return ascii::isControl(c); })) {
    throw InvalidArgumentError(param, "must not hold a control character, such as a line break");
  }
}

void checkClientOptions(const ClientOptions& options) {
  if (options.api_key.empty() && !options.authorization && !options.credential) {
    throw InvalidArgumentError("api_key",
                               "is missing: set it (HEYMILO_API_KEY for fromEnvironment), or "
                               "authorization, or credential");
  }
  checkHeaderText("api_key", options.api_key);
  if (options.authorization) {
    if (options.authorization->empty()) {
      throw InvalidArgumentError("authorization", "must not be empty");
    }
    checkHeaderText("authorization", *options.authorization);
  }
  checkHeaderText("workspace_id", options.workspace_id.value_or(""));
  checkHeaderText("user_agent", options.user_agent);
  checkAddedHeaders(options.headers);
  checkNotNegative("connect_timeout", options.connect_timeout);
  checkNotNegative("timeout", options.timeout);
  if (options.retry.max_retries < 0) {
    throw InvalidArgumentError("retry.max_retries", "must not be negative");
  }
  checkNotNegative("retry.initial_backoff", options.retry.initial_backoff);
  checkNotNegative("retry.max_backoff", options.retry.max_backoff);
  checkNotNegative("retry.max_retry_after", options.retry.max_retry_after);
  if (options.rate_limit) {
    if (options.rate_limit->requests < 1) {
      throw InvalidArgumentError("rate_limit.requests", "must be at least 1");
    }
    if (options.rate_limit->per.count() < 1) {
      throw InvalidArgumentError("rate_limit.per", "must be at least 1 ms");
    }
  }
  const BaseUrl base_url = parseBaseUrl(options.base_url);
  if (!base_url.secure && !base_url.loopback && !options.allow_insecure_http) {
    throw InvalidArgumentError(
        "base_url",
        "http would send the key and the candidates in the clear: use https, "
        "or set allow_insecure_http");
  }
  if (options.max_response_bytes == 0) {
    throw InvalidArgumentError("max_response_bytes", "must be at least 1");
  }
}

void checkRequestOptions(const RequestOptions& options) {
  checkNotNegative("timeout", options.timeout.value_or(std::chrono::milliseconds{0}));
  checkNotNegative("total_timeout", options.total_timeout.value_or(std::chrono::milliseconds{0}));
  if (options.max_retries.value_or(0) < 0) {
    throw InvalidArgumentError("max_retries", "must not be negative");
  }
  checkHeaderText("workspace_id", options.workspace_id.value_or(""));
  checkAddedHeaders(options.headers);
}

}  // namespace heymilo
