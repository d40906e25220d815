#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/headers.hpp"
#include "heymilo/models/schema.hpp"

namespace heymilo {

/// The HTTP response behind a result. It is not part of any schema: conversion to and from JSON and
/// `==` ignore it.
struct ResponseInfo {
  int status = 0;                        ///< the HTTP status
  Headers headers;                       ///< of the response
  std::string request_id;                ///< its X-Request-Id; empty if there is none
  int attempts = 0;                      ///< requests sent for this call, from 1
  std::chrono::microseconds elapsed{0};  ///< the whole call, waits and retries included
};

/// The position of a page in its list.
struct PaginationMeta {
  bool has_more = false;                      ///< there are results beyond this page
  std::optional<std::int64_t> total_count{};  ///< of all pages, if the API sends it
  std::optional<std::string> url{};           ///< of this resource
  nlohmann::json additional_properties{};     ///< unknown properties; null if none
};

template <>
struct Schema<PaginationMeta> {
  using S = PaginationMeta;
  static constexpr const char* name = "PaginationMeta";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("has_more", &S::has_more, detail::shown),
                 detail::optional("total_count", &S::total_count, detail::shown),
                 detail::optional("url", &S::url));
  }
};

/// The envelope of one page of a list.
template <class T>
struct ListResponse {
  std::vector<T> data;                     ///< the page, in the order of the list
  PaginationMeta pagination;               ///< the page's position in the list
  nlohmann::json additional_properties{};  ///< unknown properties; null if none
  ResponseInfo http{};                     ///< the HTTP response
};

template <class T>
struct Schema<ListResponse<T>> {
  using S = ListResponse<T>;
  static constexpr const char* name = "ListResponse";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("data", &S::data),
                 detail::required("pagination", &S::pagination));
  }
};

/// The envelope of a single result, and a pointer to it:
/// `client.ingestCandidate(posting_id, person)->interview_id`.
template <class T>
struct SingleResponse {
  T data;                                  ///< the result
  std::optional<nlohmann::json> meta{};    ///< an object whose shape varies by operation
  nlohmann::json additional_properties{};  ///< what else the API sent; null when nothing
  ResponseInfo http{};                     ///< how the response came about

  T* operator->() noexcept { return &data; }              ///< a member of `data`
  const T* operator->() const noexcept { return &data; }  ///< a member of `data`
  T& operator*() & noexcept { return data; }              ///< `data`
  const T& operator*() const& noexcept { return data; }   ///< `data`
  /// `data`, by value: `for (auto& item : *client.ingestCandidatesBulk(...))` keeps it.
  T operator*() && { return std::move(data); }
};

template <class T>
struct Schema<SingleResponse<T>> {
  using S = SingleResponse<T>;
  static constexpr const char* name = "SingleResponse";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("data", &S::data), detail::optional("meta", &S::meta));
  }
};

}  // namespace heymilo
