#include "client/validation.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "call/url.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

constexpr std::size_t kMaxMetadataKeys = 50;
constexpr std::size_t kMaxMetadataKey = 40;
constexpr std::size_t kMaxMetadataValue = 500;

void checkNotNegative(const char* param, std::chrono::milliseconds value) {
  if (value.count() < 0) {
    throw InvalidArgumentError(param, "must not be negative");
  }
}

void checkUtf8(const std::string& param, std::string_view text) {
  if (!isUtf8(text)) {
    throw InvalidArgumentError(param, "must be UTF-8");
  }
}

void checkDate(const char* param, const std::optional<Timestamp>& moment) {
  try {
    if (moment) {
      formatTimestamp(*moment);
    }
  } catch (const InvalidArgumentError&) {
    throw InvalidArgumentError(param, "must be within the years 0001 to 9999");
  }
}

/// The header fields that the library sets itself, or that belong to the connection.
bool isReserved(std::string_view header) {
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

/// `prefix` is the place of the request in what is sent: empty, or `data.17.`.
void checkMetadata(const std::string& prefix, const std::map<std::string, std::string>& metadata) {
  const std::string param = prefix + "metadata";
  if (metadata.size() > kMaxMetadataKeys) {
    throw InvalidArgumentError(param, "must not have more than 50 keys");
  }
  for (const auto& [key, value] : metadata) {
    checkUtf8(param, key);
    if (countCodePoints(key) > kMaxMetadataKey) {
      throw InvalidArgumentError(param, "must not have a key of more than 40 characters");
    }
    const std::string entry = param + "." + key;
    if (!isUtf8(value)) {
      throw InvalidArgumentError(entry, "must be UTF-8", param + ".*");
    }
    if (countCodePoints(value) > kMaxMetadataValue) {
      throw InvalidArgumentError(entry, "must not be longer than 500 characters", param + ".*");
    }
  }
}

void checkIngest(const std::string& prefix, const CandidateIngestRequest& request) {
  if (request.metadata) {
    checkMetadata(prefix, *request.metadata);
  }
  if (request.data && !request.data->is_object()) {
    throw InvalidArgumentError(prefix + "data", "must be a JSON object");
  }
}

void checkQuota(const ClientOptions& options) {
  if (options.reserved_requests < 0 ||
      (options.reserved_requests > 0 &&
       (!options.rate_limit || options.reserved_requests >= options.rate_limit->requests))) {
    throw InvalidArgumentError("reserved_requests",
                               "must be at least 0, and less than rate_limit.requests");
  }
  if (!options.quota) {
    return;
  }
  constexpr std::chrono::hours kMost{24 * 366};
  if (!options.rate_limit) {
    throw InvalidArgumentError("quota", "is of no use without a rate_limit: set one, or no quota");
  }
  if (options.rate_limit->per > kMost) {
    throw InvalidArgumentError("rate_limit.per", "must be at most a year where it is shared");
  }
  if (options.timeout.count() == 0 || options.timeout > kMost) {
    throw InvalidArgumentError(
        "timeout",
        "must be more than 0 and at most a year where the quota is shared: for so long others wait "
        "where this process dies");
  }
}

}  // namespace

void checkHeaderText(const std::string& param, std::string_view value) {
  if (std::any_of(value.begin(), value.end(), [](char c) { return ascii::isControl(c); })) {
    throw InvalidArgumentError(param, "must not hold a control character, such as a line break");
  }
}

void check(const ClientOptions& options) {
  if (options.api_key.empty() && !options.authorization) {
    throw InvalidArgumentError(
        "api_key", "is missing: set it (HEYMILO_API_KEY for fromEnvironment), or authorization");
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
  checkQuota(options);
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

void check(const RequestOptions& options) {
  checkNotNegative("timeout", options.timeout.value_or(std::chrono::milliseconds{0}));
  checkNotNegative("deadline", options.deadline.value_or(std::chrono::milliseconds{0}));
  if (options.max_retries.value_or(0) < 0) {
    throw InvalidArgumentError("max_retries", "must not be negative");
  }
  checkHeaderText("workspace_id", options.workspace_id.value_or(""));
  for (const auto& [name, value] : options.headers) {
    if (isReserved(name)) {
      throw InvalidArgumentError("headers", name + " is the library's to set");
    }
  }
}

void check(const ListCandidatesParams& params) {
  if (params.limit && (*params.limit < 1 || *params.limit > 100)) {
    throw InvalidArgumentError("limit", "must be within 1 to 100");
  }
  if (params.starting_after) {
    if (params.starting_after->empty()) {
      throw InvalidArgumentError("starting_after", "must not be empty");
    }
    checkUtf8("starting_after", *params.starting_after);
  }
  checkDate("created_after", params.created_after);
  checkDate("created_before", params.created_before);
  if (params.created_after && params.created_before &&
      *params.created_before < *params.created_after) {
    throw InvalidArgumentError("created_before", "must not be earlier than created_after");
  }
}

void check(const CandidateIngestRequest& request) { checkIngest("", request); }

void check(const BulkCandidateIngestRequest& request) {
  if (request.data.empty()) {
    throw InvalidArgumentError("data", "must hold at least one candidate");
  }
  for (std::size_t i = 0; i < request.data.size(); ++i) {
    checkIngest("data." + std::to_string(i) + ".", request.data[i]);
  }
}

void checkPostingId(std::string_view posting_id) {
  if (posting_id.empty()) {
    throw InvalidArgumentError("posting_id", "must not be empty");
  }
  // As path segments they would name another resource: RFC 3986, section 5.2.4.
  if (posting_id == "." || posting_id == "..") {
    throw InvalidArgumentError("posting_id", "must not be a dot segment");
  }
  checkUtf8("posting_id", posting_id);
}

}  // namespace heymilo
