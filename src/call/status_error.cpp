#include "call/status_error.hpp"

#include <string>
#include <utility>
#include <variant>

#include "base/http_date.hpp"
#include "heymilo/errors.hpp"
#include "json/codec.hpp"

namespace heymilo {

namespace {

const char* reason(int status) noexcept {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return status >= 300 && status < 400 ? "Unexpected redirect" : "Unexpected status";
  }
}

std::string joinWithDots(const std::vector<std::variant<std::string, std::int64_t>>& loc) {
  std::string joined;
  for (const auto& part : loc) {
    if (!joined.empty()) {
      joined += '.';
    }
    const auto* name = std::get_if<std::string>(&part);
    joined += name != nullptr ? *name : std::to_string(*std::get_if<std::int64_t>(&part));
  }
  return joined;
}

/// The body as Model, if it is one.
template <class Model>
std::optional<Model> decodeIf(std::string_view body) {
  try {
    return json::decode<Model>(body);
  } catch (const json::Mismatch&) {
    return std::nullopt;
  }
}

APIError fromValidation(const std::vector<ValidationError>& detail) {
  APIError error;
  error.type = "validation_error";
  error.code = "validation_error";
  error.errors.emplace();
  for (const ValidationError& complaint : detail) {
    const std::string param = joinWithDots(complaint.loc);
    error.errors->push_back({complaint.type, complaint.msg, param});
  }
  const APIErrorDetail& first = error.errors->front();
  error.param = first.param;
  error.message = first.param.value_or("") + ": " + first.message;
  if (detail.size() > 1) {
    error.message += " (and " + std::to_string(detail.size() - 1) + " more)";
  }
  return error;
}

/// Fills what the body says about the error; never throws.
void readBody(StatusError::Details& details) {
  if (auto envelope = decodeIf<APIErrorResponse>(details.raw_body)) {
    details.error = std::move(envelope->error);
  } else if (auto validation = decodeIf<HTTPValidationError>(details.raw_body);
             validation && validation->detail && !validation->detail->empty()) {
    details.detail = std::move(*validation->detail);
    details.error = fromValidation(details.detail);
  }
  if (details.error.type.empty()) {
    details.error.type = details.status >= 500 ? "server_error" : "http_error";
  }
  if (details.error.code.empty()) {
    details.error.code = "http_" + std::to_string(details.status);
  }
  if (details.error.message.empty()) {
    details.error.message = reason(details.status);
  }
}

}  // namespace

std::optional<std::chrono::milliseconds> retryAfterOf(const HttpResponse& response) {
  const auto text = response.headers.get("Retry-After");
  if (!text) {
    return std::nullopt;
  }
  const auto now = std::chrono::system_clock::now();
  const auto date = response.headers.get("Date");
  const auto sent = date ? parseHttpDate(*date, now) : std::nullopt;
  return parseRetryAfter(*text, sent ? std::chrono::system_clock::time_point(*sent) : now);
}

void throwStatusError(std::string_view operation, HttpResponse response, const Redactor& redact) {
  StatusError::Details details;
  details.status = response.status;
  details.retry_after = retryAfterOf(response);
  details.headers = std::move(response.headers);
  details.raw_body = std::move(response.body);
  readBody(details);

  std::string message(operation);
  message += ": " + std::to_string(details.status) + ' ' + redact.code(details.error.code) + ": " +
             redact(details.error.message);
  if (const auto id = details.headers.get("X-Request-Id")) {
    message += " (request id " + redact.identifier(*id) + ")";
  }
  const int status = details.status;
  switch (status) {
    case 400:
      throw BadRequestError(message, std::move(details));
    case 401:
      throw AuthenticationError(message, std::move(details));
    case 403:
      throw PermissionDeniedError(message, std::move(details));
    case 404:
      throw NotFoundError(message, std::move(details));
    case 422:
      throw UnprocessableEntityError(message, std::move(details));
    case 429:
      throw RateLimitError(message, std::move(details));
    default:
      if (status >= 500 && status < 600) {
        throw ServerError(message, std::move(details));
      }
      throw StatusError(message, std::move(details));
  }
}

}  // namespace heymilo
