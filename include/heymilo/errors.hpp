#pragma once

#include <chrono>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/export.hpp"
#include "heymilo/headers.hpp"
#include "heymilo/models/api_error.hpp"
#include "heymilo/models/enum_json.hpp"

// Everything that the library throws is an Error or std::bad_alloc, but for what a caller's own
// callbacks throw. No what() holds a key, a candidate's data or a body; where an accessor does
// (rawBody(), error(), detail()), its comment says so.
namespace heymilo {

struct ResponseInfo;

/// What became of the request: what the writer of a candidate must know before sending again.
enum class Outcome {
  not_sent,  ///< the server never had the whole request: it did nothing
  rejected,  ///< a 4xx other than 408 and 499: the server refused the request, and did nothing
  unknown,   ///< it may have been carried out, or may yet be: look before sending again
  applied    ///< it was carried out; only the response is unreadable
};

/// `not_sent`, `rejected`, `unknown` or `applied`.
HEYMILO_EXPORT std::string_view toString(Outcome outcome) noexcept;
/// The same, for code that calls to_string() on any type.
HEYMILO_EXPORT std::string to_string(Outcome outcome);
/// Writes toString(outcome).
HEYMILO_EXPORT std::ostream& operator<<(std::ostream& out, Outcome outcome);
/// In JSON, of any nlohmann::basic_json, it is toString(outcome).
template <class Json, detail::IfJson<Json> = 0>
void to_json(Json& json, Outcome outcome) {
  detail::setText(json, toString(outcome));
}

/// The root of all errors. Copying one never throws.
class HEYMILO_EXPORT Error : public std::runtime_error {
 public:
  Error(const std::string& message, Outcome outcome);  ///< what() is `message`
  ~Error() override;

  Outcome outcome() const noexcept { return outcome_; }  ///< what became of the request
  /// The outcome is `unknown` or `applied`: who sent a candidate must look before sending again.
  bool mayHaveArrived() const noexcept {
    return outcome_ == Outcome::unknown || outcome_ == Outcome::applied;
  }

 private:
  Outcome outcome_;
};

/// Refused by the library before anything was sent.
class HEYMILO_EXPORT InvalidArgumentError : public Error {
 public:
  /// `param` names the option, parameter or field: `posting_id`, `limit`, `data.17.email`.
  InvalidArgumentError(const std::string& param, const std::string& message);
  /// As InvalidArgumentError(param, message), with a `shown` instead of param in what(): for
  /// a param() that holds a caller's own text, such as a metadata key.
  InvalidArgumentError(const std::string& param, const std::string& message,
                       const std::string& shown);
  ~InvalidArgumentError() override;

  const std::string& param() const noexcept { return *param_; }  ///< what was refused

 private:
  std::shared_ptr<const std::string> param_;
};

/// A call that was not begun: an Engine has as many as it may, or the system has no thread left
/// for it. It may succeed later.
class HEYMILO_EXPORT OverloadError : public Error {
 public:
  /// `outcome` is other than `not_sent` only where a workflow had sent something before.
  explicit OverloadError(const std::string& message, Outcome outcome = Outcome::not_sent);
  ~OverloadError() override;
};

/// A journal or a mirror can't be used: it can't be opened or written, is damaged, is in use by
/// another run, or belongs to another source, posting or version. what() says which, names the
/// file, and holds no candidate's data. heymilo::workflows::StoreError is the same class.
class HEYMILO_EXPORT StoreError : public Error {
 public:
  /// `outcome` is `not_sent` unless candidates were sent before the store failed: then it is
  /// `unknown`, since what became of them may not be written down.
  explicit StoreError(const std::string& message, Outcome outcome = Outcome::not_sent);
  ~StoreError() override;
};

/// No complete response came back.
class HEYMILO_EXPORT TransportError : public Error {
 public:
  /// What a Transport throws; `message` is one line without anything that was sent.
  explicit TransportError(const std::string& message, Outcome outcome = Outcome::unknown);
  ~TransportError() override;
};

/// What a connection failed on, as far as it decides what to do about it.
enum class ConnectionFault {
  other,        ///< the network, the server, or something that is not known
  proxy,        ///< the proxy: its URL, its address, its credentials, or its refusal
  certificate,  ///< the certificate of the server, or of an https proxy, is not trusted
};

/// The connection could not be made (DNS lookup, TCP, TLS) or broke.
class HEYMILO_EXPORT ConnectionError : public TransportError {
 public:
  /// `permanent`: trying again meets the same failure, as with a certificate that is refused.
  explicit ConnectionError(const std::string& message, Outcome outcome = Outcome::unknown,
                           bool permanent = false, ConnectionFault fault = ConnectionFault::other);
  ~ConnectionError() override;

  /// Trying again would meet the same failure: the library does not.
  bool permanent() const noexcept { return permanent_; }
  /// What to look at first.
  ConnectionFault fault() const noexcept { return fault_; }

 private:
  bool permanent_;
  ConnectionFault fault_;
};

/// Connecting, one attempt or the whole call took longer than it was given.
class HEYMILO_EXPORT TimeoutError : public TransportError {
 public:
  /// What a Transport throws; `message` is one line without anything that was sent.
  explicit TimeoutError(const std::string& message, Outcome outcome = Outcome::unknown);
  ~TimeoutError() override;
};

/// The call was cancelled through its CancellationToken.
class HEYMILO_EXPORT CancelledError : public TransportError {
 public:
  /// What a Transport throws; `message` is one line without anything that was sent.
  explicit CancelledError(const std::string& message, Outcome outcome = Outcome::unknown);
  ~CancelledError() override;
};

/// A 2xx response, or a JSON value given for conversion, that is not what its schema says.
class HEYMILO_EXPORT DecodeError : public Error {
 public:
  /// `path` is a JSON pointer (RFC 6901) to what does not fit, empty for the document as a whole.
  /// The outcome is `applied` for a response, and `not_sent` where a JSON value was converted.
  DecodeError(const std::string& message, std::string path, std::string raw_body = {},
              Outcome outcome = Outcome::applied);
  /// As above, `applied`, with what is known of the response.
  DecodeError(const std::string& message, std::string path, std::string raw_body,
              ResponseInfo http);
  ~DecodeError() override;

  /// Where: `/data/17/workflow/steps/2/order`. Empty for the document as a whole.
  const std::string& path() const noexcept;
  /// The response's body, personal data included; empty where a JSON value was converted.
  const std::string& rawBody() const noexcept;
  /// How the response came about: status, headers, request id and attempts. Its `attempts` is 0
  /// where a JSON value was converted.
  const ResponseInfo& http() const noexcept;

 private:
  struct Details;
  std::shared_ptr<const Details> details_;
};

/// The list's pages contradict themselves: has_more with an empty page, or a cursor that comes
/// round again.
class HEYMILO_EXPORT PaginationError : public Error {
 public:
  explicit PaginationError(const std::string& message);  ///< for a range of your own
  ~PaginationError() override;
};

/// The API answered with a status that is not 2xx.
class HEYMILO_EXPORT StatusError : public Error {
 public:
  /// What a response holds. Anything left empty is filled from the status.
  struct Details {
    int status = 0;                                          ///< the HTTP status
    APIError error{};                                        ///< what StatusError::error() gives
    Headers headers{};                                       ///< of the response
    std::string raw_body{};                                  ///< the body as it came
    std::vector<ValidationError> detail{};                   ///< of a 422
    std::optional<std::chrono::milliseconds> retry_after{};  ///< of a 429
  };

  StatusError(const std::string& message, Details details);  ///< its outcome goes by the status
  ~StatusError() override;

  int status() const noexcept { return details_->status; }  ///< the HTTP status
  /// Always filled: from the `error` envelope, from `detail` of an HTTPValidationError, or made
  /// from the status. Its messages are the server's and may quote what was sent.
  const APIError& error() const noexcept { return details_->error; }
  const Headers& headers() const noexcept { return details_->headers; }  ///< of the response
  /// The response's X-Request-Id, for the API's support; empty when there is none.
  std::string requestId() const;
  /// The response's body, as much of it as ClientOptions::max_response_bytes allows; it may quote
  /// what was sent.
  const std::string& rawBody() const noexcept { return details_->raw_body; }

 protected:
  const Details& details() const noexcept { return *details_; }  ///< for derived classes

 private:
  std::shared_ptr<const Details> details_;
};

/// 400: the request makes no sense, such as a created_before earlier than created_after.
class HEYMILO_EXPORT BadRequestError : public StatusError {
 public:
  using StatusError::StatusError;  ///< as StatusError(message, details)
  ~BadRequestError() override;
};

/// 401: the key is missing or wrong.
class HEYMILO_EXPORT AuthenticationError : public StatusError {
 public:
  using StatusError::StatusError;  ///< as StatusError(message, details)
  ~AuthenticationError() override;
};

/// 403: the key may not do this.
class HEYMILO_EXPORT PermissionDeniedError : public StatusError {
 public:
  using StatusError::StatusError;  ///< as StatusError(message, details)
  ~PermissionDeniedError() override;
};

/// 404: there is no such posting.
class HEYMILO_EXPORT NotFoundError : public StatusError {
 public:
  using StatusError::StatusError;  ///< as StatusError(message, details)
  ~NotFoundError() override;
};

/// 422: a value is not acceptable.
class HEYMILO_EXPORT UnprocessableEntityError : public StatusError {
 public:
  using StatusError::StatusError;  ///< as StatusError(message, details)
  ~UnprocessableEntityError() override;

  /// The validation's complaints, each with its place in the request; empty where the response came
  /// in the `error` envelope.
  const std::vector<ValidationError>& detail() const noexcept { return details().detail; }

  /// What is wrong with each field, whichever way the response said so: error().errors or, where
  /// there are none, error() itself as the only one. Never empty. `param` is the field, where the
  /// API named one: `body.email`, `body.data.17.email`.
  std::vector<APIErrorDetail> fields() const;
};

/// 429: more requests than the quota allows.
class HEYMILO_EXPORT RateLimitError : public StatusError {
 public:
  using StatusError::StatusError;  ///< as StatusError(message, details)
  ~RateLimitError() override;

  /// How long the API wants to be left alone, counted from the response; empty when it did not say.
  std::optional<std::chrono::milliseconds> retryAfter() const noexcept {
    return details().retry_after;
  }
};

/// 5xx: the API failed; a write may have been carried out all the same.
class HEYMILO_EXPORT ServerError : public StatusError {
 public:
  using StatusError::StatusError;  ///< as StatusError(message, details)
  ~ServerError() override;
};

}  // namespace heymilo
