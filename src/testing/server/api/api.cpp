#include "testing/server/api/api.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "testing/server/api/error_reply.hpp"

namespace heymilo::testing::detail {

namespace {

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

}  // namespace

Api::Api(ApiOptions options, CandidateStore& store, RateWindow& window)
    : options_(std::move(options)), store_(store), window_(window) {}

ApiResult Api::answer(const Route& route, RecordedRequest& request) const {
  if (route.operation == nullptr) {
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
  const RateWindow::Entry entry = window_.enter(options_.access.api_key, route.operationId());
  request.received_at = entry.at;
  if (entry.wait) {
    return {tooManyRequests(*entry.wait)};
  }
  if (route.operation->body == Operation::Body::json && !isJson(request)) {
    return {errorReply(415,
                       "unsupported_media_type",
                       "The request body must be application/json.",
                       "Content-Type")};
  }
  return route.operation->respond({options_, store_}, route, request);
}

}  // namespace heymilo::testing::detail
