#include "testing/server/http/exchanges.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"

namespace heymilo::testing::detail {

namespace {

HttplibContent contentOf(Reply& reply) {
  HttplibContent content;
  content.status = reply.status;
  content.body = std::move(reply.body);
  const auto type =
      std::find_if(reply.headers.begin(), reply.headers.end(), [](const auto& header) {
        return ascii::equalIgnoringCase(header.first, "Content-Type");
      });
  if (type != reply.headers.end()) {
    content.type = type->second;
  } else if (!content.body.empty()) {
    content.type = "application/json";
  }
  return content;
}

}  // namespace

std::uint64_t Exchanges::begin(RecordedRequest head) {
  return add({std::move(head), std::nullopt, false});
}

std::uint64_t Exchanges::begin(Reply reply) { return add({{}, std::move(reply), false}); }

std::uint64_t Exchanges::add(Exchange exchange) {
  auto added = std::make_shared<Exchange>(std::move(exchange));
  const std::lock_guard lock(mutex_);
  exchanges_.emplace(++last_number_, std::move(added));
  return last_number_;
}

std::optional<HttplibContent> Exchanges::respond(std::uint64_t number, std::string body) {
  std::shared_ptr<Exchange> exchange;
  std::optional<Reply> known;
  {
    const std::lock_guard lock(mutex_);
    const auto found = exchanges_.find(number);
    if (found == exchanges_.end() || found->second->responded) {
      return std::nullopt;
    }
    exchange = found->second;
    exchange->responded = true;
    known = std::exchange(exchange->reply, std::nullopt);
  }
  Reply reply;
  if (known) {
    reply = std::move(*known);
  } else {
    exchange->request.body = std::move(body);
    reply = handle_(std::move(exchange->request));
  }
  HttplibContent content = contentOf(reply);
  const std::lock_guard lock(mutex_);
  exchange->reply = std::move(reply);
  return content;
}

std::optional<Reply> Exchanges::end(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = exchanges_.find(number);
  const std::shared_ptr<Exchange> exchange = std::move(found->second);
  exchanges_.erase(found);
  return exchange->responded ? std::move(exchange->reply) : std::nullopt;
}

}  // namespace heymilo::testing::detail
