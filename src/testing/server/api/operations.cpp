// The operations of the Candidates API: for each a row and the function that responds.

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "testing/server/api/error_reply.hpp"
#include "testing/server/api/ingest_request.hpp"
#include "testing/server/api/json_body.hpp"
#include "testing/server/api/list_request.hpp"
#include "testing/server/api/operation.hpp"
#include "testing/server/api/route.hpp"
#include "testing/server/state/json_writer.hpp"

namespace heymilo::testing::detail {

namespace {

Reply postingNotFound() {
  return errorReply(404, "posting_not_found", "No such posting.", "posting_id");
}

void writeReceipt(JsonWriter& json, const Candidate& candidate) {
  json.key("object").text("candidate");
  json.key("interview_id").text(candidate.interview_id);
  json.key("interview_url").text(interviewUrl(candidate));
}

Reply queued(const std::string& ingestion_id) {
  Reply reply;
  reply.status = 202;
  JsonWriter json(reply.body);
  json.beginObject().key("data").beginObject();
  json.key("object").text("ingestion").key("ingestion_id").text(ingestion_id);
  json.key("status").text("queued").endObject().key("meta").null().endObject();
  return reply;
}

ApiResult list(const ApiState& state, const Route& route, const RecordedRequest& received) {
  const ListRequest request = readListRequest(received.query);
  if (!request.violations.empty()) {
    return {unprocessable(request.violations)};
  }
  const std::string posting_id = route.parameter("posting_id");
  if (!state.store.hasPosting(posting_id)) {
    return {postingNotFound()};
  }
  const auto& [limit, starting_after, created_after, created_before] = request.query;
  if (created_after && created_before && *created_before < *created_after) {
    return {errorReply(400,
                       "invalid_date_range",
                       "created_before must not be earlier than created_after.",
                       "created_before")};
  }
  const std::optional<Page> page = state.store.list(posting_id, request.query);
  if (!page) {
    return {errorReply(400,
                       "invalid_cursor",
                       "starting_after is not the interview_id of a candidate of this posting.",
                       "starting_after")};
  }
  Reply reply;
  reply.status = 200;
  JsonWriter json(reply.body);
  json.beginObject().key("data").beginArray();
  for (const CandidatePointer& candidate : page->candidates) {
    writeCandidate(json, *candidate, page->now, state.options.variety);
  }
  json.endArray().key("pagination").beginObject();
  json.key("has_more").boolean(page->has_more);
  json.key("total_count").integer(static_cast<std::int64_t>(page->total_count));
  json.key("url").text(candidatesPath(posting_id)).endObject().endObject();
  return {std::move(reply)};
}

Reply receipt(const ApiState& state, const CandidatePointer& candidate) {
  Reply reply;
  reply.status = 201;
  JsonWriter json(reply.body);
  json.beginObject().key("data").beginObject();
  writeReceipt(json, *candidate);
  json.key("posting_id").text(candidate->posting_id).key("candidate");
  writeCandidate(json, *candidate, candidate->created_at, state.options.variety);
  json.endObject().key("meta").null().endObject();
  return reply;
}

Reply receipts(const std::vector<CandidatePointer>& candidates) {
  Reply reply;
  reply.status = 201;
  JsonWriter json(reply.body);
  json.beginObject().key("data").beginArray();
  for (const CandidatePointer& candidate : candidates) {
    json.beginObject();
    writeReceipt(json, *candidate);
    json.key("metadata").raw(metadataOf(*candidate)).endObject();
  }
  json.endArray().key("meta").beginObject().key("count");
  json.integer(static_cast<std::int64_t>(candidates.size())).endObject().endObject();
  return reply;
}

/// The people that a body names, or why it is refused.
std::variant<std::vector<Person>, Reply> readPeople(const std::string& body,
                                                    IngestRequest (*read)(const nlohmann::json&)) {
  std::variant<nlohmann::json, Reply> parsed = parseJsonBody(body);
  if (Reply* refusal = std::get_if<Reply>(&parsed)) {
    return std::move(*refusal);
  }
  IngestRequest request = read(std::get<nlohmann::json>(parsed));
  if (!request.violations.empty()) {
    return unprocessable(request.violations);
  }
  return std::move(request.people);
}

ApiResult ingestNow(const ApiState& state, const Route& route, const RecordedRequest& request,
                    bool bulk) {
  auto people = readPeople(request.body, bulk ? &readBulkIngestRequest : &readIngestRequest);
  if (Reply* refusal = std::get_if<Reply>(&people)) {
    return {std::move(*refusal)};
  }
  const auto candidates = state.store.ingest(route.parameter("posting_id"),
                                             std::get<std::vector<Person>>(std::move(people)));
  if (!candidates) {
    return {postingNotFound()};
  }
  return {bulk ? receipts(*candidates) : receipt(state, candidates->front()), true};
}

ApiResult ingestLater(const ApiState& state, const Route& route, const RecordedRequest& request,
                      bool bulk) {
  auto people = readPeople(request.body, bulk ? &readBulkIngestRequest : &readIngestRequest);
  if (Reply* refusal = std::get_if<Reply>(&people)) {
    return {std::move(*refusal)};
  }
  const auto id = state.store.queue(route.parameter("posting_id"),
                                    std::get<std::vector<Person>>(std::move(people)),
                                    state.options.queue_delay);
  return id ? ApiResult{queued(*id), true} : ApiResult{postingNotFound()};
}

ApiResult ingest(const ApiState& state, const Route& route, const RecordedRequest& request) {
  return ingestNow(state, route, request, false);
}
ApiResult ingestBulk(const ApiState& state, const Route& route, const RecordedRequest& request) {
  return ingestNow(state, route, request, true);
}
ApiResult ingestAsync(const ApiState& state, const Route& route, const RecordedRequest& request) {
  return ingestLater(state, route, request, false);
}
ApiResult ingestBulkAsync(const ApiState& state, const Route& route,
                          const RecordedRequest& request) {
  return ingestLater(state, route, request, true);
}

constexpr Operation kOperations[] = {
    {"listCandidates",
     "GET",
     "/api/v2/postings/{posting_id}/candidates",
     Operation::Body::none,
     &list},
    {"ingestCandidate",
     "POST",
     "/api/v2/postings/{posting_id}/candidates",
     Operation::Body::json,
     &ingest},
    {"ingestCandidatesBulk",
     "POST",
     "/api/v2/postings/{posting_id}/candidates/bulk",
     Operation::Body::json,
     &ingestBulk},
    {"ingestCandidateAsync",
     "POST",
     "/api/v2/postings/{posting_id}/candidates/async",
     Operation::Body::json,
     &ingestAsync},
    {"ingestCandidatesBulkAsync",
     "POST",
     "/api/v2/postings/{posting_id}/candidates/bulk/async",
     Operation::Body::json,
     &ingestBulkAsync},
};

}  // namespace

OperationTable documentedOperations() noexcept { return kOperations; }

}  // namespace heymilo::testing::detail
