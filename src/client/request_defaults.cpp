#include "client/request_defaults.hpp"

#include <algorithm>
#include <utility>

#include "types/cancellation.hpp"

namespace heymilo {

namespace {

template <class T>
void fill(std::optional<T>& option, const std::optional<T>& value) {
  if (!option) {
    option = value;
  }
}

}  // namespace

RequestOptions withDefaults(const RequestOptions& defaults, RequestOptions options) {
  if (options.deadline && defaults.deadline) {
    options.deadline = (std::min)(*options.deadline, *defaults.deadline);
  }
  fill(options.deadline, defaults.deadline);
  fill(options.timeout, defaults.timeout);
  fill(options.total_timeout, defaults.total_timeout);
  fill(options.priority, defaults.priority);
  fill(options.max_retries, defaults.max_retries);
  fill(options.workspace_id, defaults.workspace_id);
  Headers headers = defaults.headers;
  for (const auto& [name, value] : options.headers) {
    headers.add(name, value);
  }
  options.headers = std::move(headers);
  if (options.may_send && defaults.may_send) {
    options.may_send = [one = defaults.may_send, other = std::move(options.may_send)] {
      return one() && other();
    };
  } else if (defaults.may_send) {
    options.may_send = defaults.may_send;
  }
  options.cancellation = eitherOf(defaults.cancellation, options.cancellation);
  return options;
}

}  // namespace heymilo
