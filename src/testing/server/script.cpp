#include "testing/server/script.hpp"

#include <algorithm>
#include <utility>

#include "testing/server/api/error_reply.hpp"
#include "testing/server/api/route.hpp"

namespace heymilo::testing {

ScriptedResponse ScriptedResponse::asUsual() { return {}; }

ScriptedResponse ScriptedResponse::answer(int status, std::string body,
                                          std::vector<RecordedRequest::Header> headers) {
  ScriptedResponse response;
  response.commit = false;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

ScriptedResponse ScriptedResponse::error(int status, std::string_view code,
                                         std::string_view message) {
  return answer(status, detail::errorReply(status, code, message).body);
}

ScriptedResponse ScriptedResponse::rateLimited(std::chrono::seconds retry_after) {
  detail::Reply reply = detail::tooManyRequests(retry_after);
  return answer(reply.status, std::move(reply.body), std::move(reply.headers));
}

ScriptedResponse ScriptedResponse::raw(std::string bytes) {
  ScriptedResponse response;
  response.commit = false;
  response.raw_bytes = std::move(bytes);
  return response;
}

ScriptedResponse ScriptedResponse::disconnect() {
  ScriptedResponse response;
  response.commit = false;
  response.cut_after = 0;
  return response;
}

ScriptedResponse ScriptedResponse::interrupt(std::size_t body_bytes) {
  ScriptedResponse response;
  response.commit = false;
  response.interrupt_after = body_bytes;
  return response;
}

ScriptedResponse ScriptedResponse::afterCommit() && {
  commit = true;
  return std::move(*this);
}

ScriptedResponse ScriptedResponse::delayedBy(std::chrono::milliseconds time) && {
  delay = time;
  return std::move(*this);
}

ScriptedResponse ScriptedResponse::held() && {
  hold = true;
  return std::move(*this);
}

ScriptedResponse ScriptedResponse::cutAfter(std::size_t bytes) && {
  cut_after = bytes;
  return std::move(*this);
}

ScriptedResponse ScriptedResponse::trickled(std::size_t bytes,
                                            std::chrono::milliseconds interval) && {
  piece = bytes;
  piece_interval = interval;
  return std::move(*this);
}

ScriptedResponse ScriptedResponse::reset() && {
  reset_connection = true;
  return std::move(*this);
}

ScriptedResponse ScriptedResponse::withHeader(std::string name, std::string value) && {
  headers.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

ScriptedResponse ScriptedResponse::times(std::size_t requests) && {
  count = requests;
  return std::move(*this);
}

namespace detail {

void Script::add(RequestMatch match, ScriptedResponse response) {
  if (!match.operation.empty()) {
    requireOperation(match.operation);
  }
  if (response.count > 0) {
    const std::lock_guard lock(mutex_);
    rules_.push_back({std::move(match), std::move(response)});
  }
}

std::optional<ScriptedResponse> Script::take(const RecordedRequest& request) {
  const std::lock_guard lock(mutex_);
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& candidate) {
    return candidate.match(request);
  });
  return rule != rules_.end() ? std::optional(use(rule)) : std::nullopt;
}

std::optional<std::size_t> Script::takeInterrupt(const RecordedRequest& head) {
  const std::lock_guard lock(mutex_);
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& candidate) {
    return candidate.match.operation.empty() || candidate.match.operation == head.operation;
  });
  if (rule == rules_.end() || !rule->response.interrupt_after || !rule->match(head)) {
    return std::nullopt;
  }
  return use(rule).interrupt_after;
}

ScriptedResponse Script::use(Rules::iterator rule) {
  if (--rule->response.count > 0) {
    return rule->response;
  }
  ScriptedResponse response = std::move(rule->response);
  rules_.erase(rule);
  return response;
}

std::size_t Script::pending() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const Rule& rule : rules_) {
    count += rule.response.count;
  }
  return count;
}

void Script::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

Reply scriptedReply(ScriptedResponse response, Reply usual) {
  Reply reply;
  if (response.status == 0) {
    reply = std::move(usual);
  } else {
    reply.status = response.status;
    reply.body = std::move(response.body);
  }
  for (auto& header : response.headers) {
    setHeader(reply, std::move(header));
  }
  Delivery& delivery = reply.delivery;
  delivery.interrupt = response.interrupt_after.has_value();
  delivery.delay = response.delay;
  delivery.raw_bytes = std::move(response.raw_bytes);
  delivery.cut_after = response.cut_after;
  delivery.piece = response.piece;
  delivery.piece_interval = response.piece_interval;
  delivery.reset = response.reset_connection;
  return reply;
}

}  // namespace detail

}  // namespace heymilo::testing
