#include "client/operations.hpp"

#include <string>

#include "client/request_checks.hpp"
#include "heymilo/errors.hpp"
#include "json/codec.hpp"

namespace heymilo {

namespace {

/// The model as JSON. Throws InvalidArgumentError where it can't be written as such.
template <class Model>
std::string textOf(const Model& model) {
  try {
    return json::encode(model);
  } catch (const json::Mismatch& mismatch) {
    throw InvalidArgumentError(
        mismatch.path.dotted(), mismatch.problem, mismatch.path.maskedDotted());
  }
}

}  // namespace

CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options) {
  return calls.makeRequest(operation, path, options, CallContext::Body::none);
}

CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const ListCandidatesParams& params) {
  checkListParams(params);
  CallRequest request = requestFor(calls, operation, path, options);
  if (params.limit) {
    request.addQuery("limit", std::to_string(*params.limit));
  }
  if (params.starting_after) {
    request.addIdQuery("starting_after", *params.starting_after);
  }
  if (params.created_after) {
    request.addQuery("created_after", formatTimestamp(params.created_after->floor()));
  }
  if (params.created_before) {
    request.addQuery("created_before", formatTimestamp(params.created_before->ceil()));
  }
  return request;
}

CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const CandidateIngestRequest& body) {
  CallRequest request = calls.makeRequest(operation, path, options, CallContext::Body::json);
  checkIngestRequest(body);
  request.http.body = textOf(body);
  return request;
}

CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const BulkCandidateIngestRequest& body) {
  CallRequest request = calls.makeRequest(operation, path, options, CallContext::Body::json);
  checkBulkIngestRequest(body);
  request.http.body = textOf(body);
  return request;
}

}  // namespace heymilo
