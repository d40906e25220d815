#include "testing/server/api/error_reply.hpp"

#include <string>

#include "testing/server/state/json_writer.hpp"

namespace heymilo::testing::detail {

namespace {

std::string_view typeOf(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

}  // namespace

Reply errorReply(int status, std::string_view code, std::string_view message,
                 std::string_view param) {
  Reply reply;
  reply.status = status;
  JsonWriter json(reply.body);
  json.beginObject().key("error").beginObject();
  json.key("type").text(typeOf(status)).key("code").text(code).key("message").text(message);
  json.key("param");
  if (param.empty()) {
    json.null();
  } else {
    json.text(param);
  }
  json.key("doc_url").text("https://docs.heymilo.example/errors#" + std::string(code));
  json.key("errors").beginArray().endArray().endObject().endObject();
  return reply;
}

Reply tooManyRequests(std::chrono::nanoseconds wait) {
  const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
  Reply reply = errorReply(
      429, "rate_limit_exceeded", "Rate limit exceeded. Try again in " + seconds + " seconds.");
  reply.headers.emplace_back("Retry-After", seconds);
  return reply;
}

Reply frameworkReply(int status, std::string_view detail) {
  Reply reply;
  reply.status = status;
  JsonWriter(reply.body).beginObject().key("detail").text(detail).endObject();
  return reply;
}

}  // namespace heymilo::testing::detail
