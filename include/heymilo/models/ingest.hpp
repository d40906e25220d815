#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "heymilo/export.hpp"
#include "heymilo/models/candidate.hpp"
#include "heymilo/models/schema.hpp"

namespace heymilo {

/// A person to ingest into a posting. All text is UTF-8. In one expression:
///
///     CandidateIngestRequest{"Ada Example", "ada@example.com"}
///         .withPhoneNumber("+14155550123")
///         .withMetadata("external_id", "a-1")
struct CandidateIngestRequest {
  std::string name;                           ///< full name
  std::string email;                          ///< e-mail address
  std::optional<std::string> phone_number{};  ///< in E.164 form: `+14155550123`
  /// Up to 50 keys of at most 40 characters, values of at most 500 (Unicode code points).
  std::optional<std::map<std::string, std::string>> metadata{};
  std::optional<nlohmann::json> data{};    ///< a user-defined object
  nlohmann::json additional_properties{};  ///< sent too: for properties of a newer API

  /// Sets phone_number.
  HEYMILO_EXPORT CandidateIngestRequest& withPhoneNumber(std::string number) &;
  /// Sets one key of the metadata, which are created if necessary.
  HEYMILO_EXPORT CandidateIngestRequest& withMetadata(const std::string& key, std::string value) &;
  /// Sets one key of the data, which are created if necessary. Throws InvalidArgumentError if
  /// `data` is set to something other than an object.
  HEYMILO_EXPORT CandidateIngestRequest& withData(const std::string& key, nlohmann::json value) &;
  /// Sets phone_number of a temporary request.
  CandidateIngestRequest withPhoneNumber(std::string number) && {
    return std::move(withPhoneNumber(std::move(number)));
  }
  /// Sets one key of the metadata of a temporary request.
  CandidateIngestRequest withMetadata(const std::string& key, std::string value) && {
    return std::move(withMetadata(key, std::move(value)));
  }
  /// Sets one key of the data of a temporary request.
  CandidateIngestRequest withData(const std::string& key, nlohmann::json value) && {
    return std::move(withData(key, std::move(value)));
  }
};

template <>
struct Schema<CandidateIngestRequest> {
  using S = CandidateIngestRequest;
  static constexpr const char* name = "CandidateIngestRequest";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("name", &S::name),
                 detail::required("email", &S::email),
                 detail::optional("phone_number", &S::phone_number),
                 detail::optional("metadata", &S::metadata),
                 detail::optional("data", &S::data));
  }
};

/// Several people to ingest into a posting with one request.
struct BulkCandidateIngestRequest {
  std::vector<CandidateIngestRequest> data;  ///< at least one
  nlohmann::json additional_properties{};    ///< sent too: for properties of a newer API
};

template <>
struct Schema<BulkCandidateIngestRequest> {
  using S = BulkCandidateIngestRequest;
  static constexpr const char* name = "BulkCandidateIngestRequest";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::required("data", &S::data));
  }
};

namespace detail {

/// Only for a std::vector<CandidateIngestRequest>: braces deduce nothing, and stay a
/// BulkCandidateIngestRequest.
template <class People>
using IfPeople = std::enable_if_t<std::is_same_v<std::remove_cv_t<std::remove_reference_t<People>>,
                                                 std::vector<CandidateIngestRequest>>,
                                  int>;

template <class People>
BulkCandidateIngestRequest bulkRequestOf(People&& people) {
  BulkCandidateIngestRequest request;
  request.data = std::forward<People>(people);
  return request;
}

}  // namespace detail

/// The receipt for one candidate.
struct IngestCandidateResponse {
  std::string object = "candidate";              ///< the kind of object
  std::string interview_id;                      ///< one for each pair of candidate and posting
  std::string interview_url;                     ///< the URL of the interview
  std::string posting_id;                        ///< the posting the candidate is in
  std::optional<CandidateResponse> candidate{};  ///< the complete candidate as stored
  nlohmann::json additional_properties{};        ///< unknown properties; null if none
};

template <>
struct Schema<IngestCandidateResponse> {
  using S = IngestCandidateResponse;
  static constexpr const char* name = "IngestCandidateResponse";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("object", &S::object, detail::shown),
                 detail::required("interview_id", &S::interview_id, detail::shown),
                 detail::required("interview_url", &S::interview_url),
                 detail::required("posting_id", &S::posting_id, detail::shown),
                 detail::optional("candidate", &S::candidate));
  }
};

/// The receipt for one candidate of a bulk request.
struct BulkIngestCandidateResponseItem {
  std::string object = "candidate";  ///< the kind of object
  std::string interview_id;          ///< one for each pair of candidate and posting
  std::string interview_url;         ///< the URL of the interview
  std::optional<std::map<std::string, std::string>> metadata{};  ///< as given in the request
  nlohmann::json additional_properties{};  ///< unknown properties; null if none
};

template <>
struct Schema<BulkIngestCandidateResponseItem> {
  using S = BulkIngestCandidateResponseItem;
  static constexpr const char* name = "BulkIngestCandidateResponseItem";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("object", &S::object, detail::shown),
                 detail::required("interview_id", &S::interview_id, detail::shown),
                 detail::required("interview_url", &S::interview_url),
                 detail::optional("metadata", &S::metadata));
  }
};

/// The receipt for an ingestion that was queued.
struct AsyncIngestResponse {
  std::string object = "ingestion";        ///< the kind of object
  std::string ingestion_id;                ///< of the job
  std::string status = "queued";           ///< of the job
  nlohmann::json additional_properties{};  ///< unknown properties; null if none
};

template <>
struct Schema<AsyncIngestResponse> {
  using S = AsyncIngestResponse;
  static constexpr const char* name = "AsyncIngestResponse";
  template <class Visit>
  static constexpr auto fields(Visit&& visit) {
    return visit(detail::optional("object", &S::object, detail::shown),
                 detail::required("ingestion_id", &S::ingestion_id, detail::shown),
                 detail::optional("status", &S::status, detail::shown));
  }
};

}  // namespace heymilo
