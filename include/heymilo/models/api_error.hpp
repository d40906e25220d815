#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "heymilo/models/schema.hpp"

namespace heymilo {

/// An error of one parameter.
struct APIErrorDetail {
  std::string code;                        ///< for programs
  std::string message;                     ///< for people
  std::optional<std::string> param{};      ///< the parameter that caused the error
  nlohmann::json additional_properties{};  ///< unknown properties; null if none
};

template <>
struct Schema<APIErrorDetail> {
  using S = APIErrorDetail;
  static constexpr const char* name = "APIErrorDetail";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("code", &S::code, detail::shown),
                 detail::required("message", &S::message),
                 detail::optional("param", &S::param));
  }
};

/// Why the API refused a request.
struct APIError {
  std::string type;                      ///< the category
  std::string code;                      ///< for programs
  std::string message;                   ///< for people
  std::optional<std::string> param{};    ///< the top-level parameter that caused the error
  std::optional<std::string> doc_url{};  ///< the URL of its documentation
  std::optional<std::vector<APIErrorDetail>> errors{};  ///< one for each field at fault
  nlohmann::json additional_properties{};               ///< unknown properties; null if none
};

template <>
struct Schema<APIError> {
  using S = APIError;
  static constexpr const char* name = "APIError";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("type", &S::type, detail::shown),
                 detail::required("code", &S::code, detail::shown),
                 detail::required("message", &S::message),
                 detail::optional("param", &S::param),
                 detail::optional("doc_url", &S::doc_url),
                 detail::optional("errors", &S::errors));
  }
};

/// The envelope of an APIError.
struct APIErrorResponse {
  APIError error;                          ///< the error
  nlohmann::json additional_properties{};  ///< unknown properties; null if none
};

template <>
struct Schema<APIErrorResponse> {
  using S = APIErrorResponse;
  static constexpr const char* name = "APIErrorResponse";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("error", &S::error));
  }
};

/// One validation error of the API.
struct ValidationError {
  /// The location of the value: names and indices such as `body`, `data`, 17, `email`.
  std::vector<std::variant<std::string, std::int64_t>> loc;
  std::string msg;                         ///< for people
  std::string type;                        ///< for programs
  nlohmann::json additional_properties{};  ///< unknown properties; null if none
};

template <>
struct Schema<ValidationError> {
  using S = ValidationError;
  static constexpr const char* name = "ValidationError";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("loc", &S::loc),
                 detail::required("msg", &S::msg),
                 detail::required("type", &S::type, detail::shown));
  }
};

/// The body of a 422 that the request validation sends.
struct HTTPValidationError {
  std::optional<std::vector<ValidationError>> detail{};  ///< one for each value at fault
  nlohmann::json additional_properties{};                ///< unknown properties; null if none
};

template <>
struct Schema<HTTPValidationError> {
  using S = HTTPValidationError;
  static constexpr const char* name = "HTTPValidationError";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("detail", &S::detail));
  }
};

}  // namespace heymilo
