#include "testing/server/api/api.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/ascii.hpp"
#include "testing/server/api/error_reply.hpp"
#include "testing/server/api/ingest_request.hpp"
#include "testing/server/api/json_body.hpp"
#include "testing/server/api/list_request.hpp"
#include "testing/server/state/json_writer.hpp"

namespace heymilo::testing::detail {

namespace {

Reply postingNotFound() {
  return errorReply(404, "posting_not_found", "No such posting.", "posting_id");
}

// `application/json` or `application/…+json`, with or without parameters.
bool isJson(const RecordedRequest& request) {
  std::string type = ascii::toLower(request.header("Content-Type").value_or(""));
  type.erase(std::min(type.find(';'), type.size()));
  type.erase(type.find_last_not_of(" \t") + 1);
  constexpr std::string_view kBegin = "application/";
  constexpr std::string_view kSuffix = "+json";
  return type == "application/json" ||
         (type.compare(0, kBegin.size(), kBegin) == 0 &&
          type.size() > kBegin.size() + kSuffix.size() &&
          type.compare(type.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0);
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

}  // namespace

Api::Api(ApiOptions options, CandidateStore& store, RateWindow& window)
    : options_(std::move(options)), store_(store), window_(window) {}

Api::Result Api::answer(const Route& route, RecordedRequest& request) const {
  if (route.operation.empty()) {
    if (route.allow.empty()) {
      return {frameworkReply(404, "Not Found")};
    }
    Reply reply = frameworkReply(405, "Method Not Allowed");
    reply.headers.emplace_back("Allow", route.allow);
    return {std::move(reply)};
  }
  if (std::optional<Reply> refusal = refuseAccess(options_.access, request)) {
    return {std::move(*refusal)};
  }
  const RateWindow::Entry entry = window_.enter(options_.access.api_key, route.operation);
  request.received_at = entry.at;
  if (entry.wait) {
    return {tooManyRequests(*entry.wait)};
  }
  if (request.method == "GET") {
    return {list(route, request.query)};
  }
  if (!isJson(request)) {
    return {errorReply(415,
                       "unsupported_media_type",
                       "The request body must be application/json.",
                       "Content-Type")};
  }
  return ingest(route, request.body);
}

Reply Api::list(const Route& route, std::string_view query) const {
  const ListRequest request = readListRequest(query);
  if (!request.violations.empty()) {
    return unprocessable(request.violations);
  }
  if (!store_.hasPosting(route.posting_id)) {
    return postingNotFound();
  }
  const auto& [limit, starting_after, created_after, created_before] = request.query;
  if (created_after && created_before && *created_before < *created_after) {
    return errorReply(400,
                      "invalid_date_range",
                      "created_before must not be earlier than created_after.",
                      "created_before");
  }
  const std::optional<Page> page = store_.list(route.posting_id, request.query);
  if (!page) {
    return errorReply(400,
                      "invalid_cursor",
                      "starting_after is not the interview_id of a candidate of this posting.",
                      "starting_after");
  }
  Reply reply;
  reply.status = 200;
  JsonWriter json(reply.body);
  json.beginObject().key("data").beginArray();
  for (const CandidatePointer& candidate : page->candidates) {
    writeCandidate(json, *candidate, page->now, options_.variety);
  }
  json.endArray().key("pagination").beginObject();
  json.key("has_more").boolean(page->has_more);
  json.key("total_count").integer(static_cast<std::int64_t>(page->total_count));
  json.key("url").text(candidatesPath(route.posting_id)).endObject().endObject();
  return reply;
}

Api::Result Api::ingest(const Route& route, std::string_view body) const {
  std::variant<nlohmann::json, Reply> parsed = parseJsonBody(body);
  if (Reply* refusal = std::get_if<Reply>(&parsed)) {
    return {std::move(*refusal)};
  }
  const auto& json = std::get<nlohmann::json>(parsed);
  const bool bulk = route.operation.find("Bulk") != std::string::npos;
  const bool async = route.operation.find("Async") != std::string::npos;
  IngestRequest request = bulk ? readBulkIngestRequest(json) : readIngestRequest(json);
  if (!request.violations.empty()) {
    return {unprocessable(request.violations)};
  }
  if (async) {
    const auto id = store_.queue(route.posting_id, std::move(request.people), options_.queue_delay);
    return id ? Result{queued(*id), true} : Result{postingNotFound()};
  }
  const auto candidates = store_.ingest(route.posting_id, std::move(request.people));
  if (!candidates) {
    return {postingNotFound()};
  }
  return {bulk ? receipts(*candidates) : receipt(candidates->front()), true};
}

Reply Api::receipt(const CandidatePointer& candidate) const {
  Reply reply;
  reply.status = 201;
  JsonWriter json(reply.body);
  json.beginObject().key("data").beginObject();
  writeReceipt(json, *candidate);
  json.key("posting_id").text(candidate->posting_id).key("candidate");
  writeCandidate(json, *candidate, candidate->created_at, options_.variety);
  json.endObject().key("meta").null().endObject();
  return reply;
}

Reply Api::receipts(const std::vector<CandidatePointer>& candidates) {
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

}  // namespace heymilo::testing::detail
