#include "heymilo/errors.hpp"

#include <utility>

#include "heymilo/models/envelope.hpp"
#include "heymilo/models/open_enum.hpp"
#include "types/status_outcome.hpp"

namespace heymilo {

// The destructors are defined here so that the vtable and type information of each class are in
// this file only: a catch in another shared object then finds the same type.

std::string_view toString(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::not_sent:
      return "not_sent";
    case Outcome::rejected:
      return "rejected";
    case Outcome::unknown:
      return "unknown";
    case Outcome::applied:
      return "applied";
  }
  return "unknown";
}

std::string to_string(Outcome outcome) { return std::string(toString(outcome)); }

std::ostream& operator<<(std::ostream& out, Outcome outcome) {
  return detail::write(out, toString(outcome));
}

Outcome outcomeOf(int status) noexcept {
  constexpr int kRequestTimeout = 408, kClientClosedRequest = 499;
  const bool refused =
      status >= 400 && status < 500 && status != kRequestTimeout && status != kClientClosedRequest;
  return refused ? Outcome::rejected : Outcome::unknown;
}

Error::Error(const std::string& message, Outcome outcome)
    : std::runtime_error(message), outcome_(outcome) {}
Error::~Error() = default;

InvalidArgumentError::InvalidArgumentError(const std::string& param, const std::string& message)
    : InvalidArgumentError(param, message, param) {}
InvalidArgumentError::InvalidArgumentError(const std::string& param, const std::string& message,
                                           const std::string& shown)
    : Error(shown + ": " + message, Outcome::not_sent),
      param_(std::make_shared<const std::string>(param)) {}
InvalidArgumentError::~InvalidArgumentError() = default;

OverloadError::OverloadError(const std::string& message, Outcome outcome)
    : Error(message, outcome) {}
OverloadError::~OverloadError() = default;

StoreError::StoreError(const std::string& message, Outcome outcome) : Error(message, outcome) {}
StoreError::~StoreError() = default;

TransportError::TransportError(const std::string& message, Outcome outcome)
    : Error(message, outcome) {}
TransportError::~TransportError() = default;

ConnectionError::ConnectionError(const std::string& message, Outcome outcome, bool permanent,
                                 ConnectionFault fault)
    : TransportError(message, outcome), permanent_(permanent), fault_(fault) {}
ConnectionError::~ConnectionError() = default;

TimeoutError::TimeoutError(const std::string& message, Outcome outcome)
    : TransportError(message, outcome) {}
TimeoutError::~TimeoutError() = default;

CancelledError::CancelledError(const std::string& message, Outcome outcome)
    : TransportError(message, outcome) {}
CancelledError::~CancelledError() = default;

struct DecodeError::Details {
  std::string path;
  std::string raw_body;
  ResponseInfo http;
};

DecodeError::DecodeError(const std::string& message, std::string path, std::string raw_body,
                         Outcome outcome)
    : Error(message, outcome),
      details_(std::make_shared<const Details>(
          Details{std::move(path), std::move(raw_body), ResponseInfo()})) {}
DecodeError::DecodeError(const std::string& message, std::string path, std::string raw_body,
                         ResponseInfo http)
    : Error(message, Outcome::applied),
      details_(std::make_shared<const Details>(
          Details{std::move(path), std::move(raw_body), std::move(http)})) {}
DecodeError::~DecodeError() = default;
const std::string& DecodeError::path() const noexcept { return details_->path; }
const std::string& DecodeError::rawBody() const noexcept { return details_->raw_body; }
const ResponseInfo& DecodeError::http() const noexcept { return details_->http; }

PaginationError::PaginationError(const std::string& message) : Error(message, Outcome::applied) {}
PaginationError::~PaginationError() = default;

StatusError::StatusError(const std::string& message, Details details)
    : Error(message, outcomeOf(details.status)),
      details_(std::make_shared<const Details>(std::move(details))) {}
StatusError::~StatusError() = default;
std::string StatusError::requestId() const {
  return details_->headers.get("X-Request-Id").value_or(std::string());
}

BadRequestError::~BadRequestError() = default;
AuthenticationError::~AuthenticationError() = default;
PermissionDeniedError::~PermissionDeniedError() = default;
NotFoundError::~NotFoundError() = default;
UnprocessableEntityError::~UnprocessableEntityError() = default;
std::vector<APIErrorDetail> UnprocessableEntityError::fields() const {
  if (error().errors && !error().errors->empty()) {
    return *error().errors;
  }
  return {{error().code, error().message, error().param}};
}
RateLimitError::~RateLimitError() = default;
ServerError::~ServerError() = default;

}  // namespace heymilo
