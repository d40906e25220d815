#include "client/operations.hpp"

#include <string>

#include "call/url.hpp"
#include "client/validation.hpp"
#include "heymilo/errors.hpp"
#include "json/codec.hpp"

namespace heymilo {

namespace {

std::string queryOf(const ListCandidatesParams& params) {
  Query query;
  if (params.limit) {
    query.add("limit", std::to_string(*params.limit));
  }
  if (params.starting_after) {
    query.add("starting_after", *params.starting_after);
  }
  if (params.created_after) {
    query.add("created_after", formatTimestamp(params.created_after->floor()));
  }
  if (params.created_before) {
    query.add("created_before", formatTimestamp(params.created_before->ceil()));
  }
  return query.text();
}

/// The request as JSON. Throws InvalidArgumentError where it can't be written as such.
template <class Request>
std::string bodyOf(const Request& request) {
  check(request);
  try {
    return json::encode(request);
  } catch (const json::Mismatch& mismatch) {
    throw InvalidArgumentError(
        mismatch.path.dotted(), mismatch.problem, mismatch.path.maskedDotted());
  }
}

}  // namespace

CallArguments argumentsOf(std::string_view posting_id, const ListCandidatesParams& params) {
  check(params);
  return {posting_id, queryOf(params), {}};
}

CallArguments argumentsOf(std::string_view posting_id, const CandidateIngestRequest& request) {
  return {posting_id, {}, [&request] { return bodyOf(request); }};
}

CallArguments argumentsOf(std::string_view posting_id, const BulkCandidateIngestRequest& request) {
  return {posting_id, {}, [&request] { return bodyOf(request); }};
}

}  // namespace heymilo
