#include "heymilo/testing/expectations.hpp"

#include <algorithm>
#include <ostream>
#include <sstream>

namespace heymilo::testing {

namespace {

std::string nameOf(const RequestMatch& match) {
  return (match.operation.empty() ? "any operation" : match.operation) +
         (match.accepts ? " that matches" : "");
}

std::string listOf(const std::vector<RecordedRequest>& requests) {
  std::ostringstream list;
  list << (requests.empty() ? "\n  none" : "");
  for (const RecordedRequest& request : requests) {
    list << "\n  " << request;
  }
  return list.str();
}

template <class Items, class Write>
std::string joined(const Items& items, const Write& write) {
  std::ostringstream text;
  const char* between = "";
  for (const auto& item : items) {
    text << between;
    write(text, item);
    between = ", ";
  }
  return items.empty() ? "none" : text.str();
}

std::string textOf(const std::vector<std::chrono::milliseconds>& times) {
  return joined(times, [](std::ostream& out, std::chrono::milliseconds time) {
    out << time.count() << " ms";
  });
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Expectation& expectation) {
  return out << (expectation ? "it holds" : expectation.message());
}

Expectation requestsHave(const std::vector<RecordedRequest>& requests, const RequestMatch& match,
                         std::size_t times) {
  const auto count = std::count_if(requests.begin(), requests.end(), match);
  if (static_cast<std::size_t>(count) == times) {
    return {};
  }
  return Expectation(nameOf(match) + ": " + std::to_string(times) + " expected, " +
                     std::to_string(count) + " received; all requests:" + listOf(requests));
}

Expectation requestsAre(const std::vector<RecordedRequest>& requests,
                        const std::vector<RequestMatch>& in_order) {
  if (std::equal(requests.begin(),
                 requests.end(),
                 in_order.begin(),
                 in_order.end(),
                 [](const RecordedRequest& request, const RequestMatch& match) {
                   return match(request);
                 })) {
    return {};
  }
  return Expectation(
      "expected in this order: " +
      joined(in_order, [](std::ostream& out, const RequestMatch& match) { out << nameOf(match); }) +
      "; received requests:" + listOf(requests));
}

Expectation requestsCame(const std::vector<RecordedRequest>& requests, const RequestMatch& match,
                         const std::vector<std::chrono::milliseconds>& apart) {
  std::vector<std::chrono::milliseconds> found;
  const RecordedRequest* before = nullptr;
  for (const RecordedRequest& request : requests) {
    if (!match(request)) {
      continue;
    }
    if (before) {
      found.push_back(
          std::chrono::round<std::chrono::milliseconds>(request.received_at - before->received_at));
    }
    before = &request;
  }
  if (found == apart) {
    return {};
  }
  return Expectation(nameOf(match) + ": expected intervals " + textOf(apart) + ", received " +
                     textOf(found) + ":" + listOf(requests));
}

}  // namespace heymilo::testing
