#include "workflows/bulk/culprits.hpp"

#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heymilo::workflows {

namespace {

bool takePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

struct Place {
  std::size_t record;
  std::string within;  // empty for the record as a whole
};

/// 17 and `email`, of `body.data.17.email` or `data.17.email`.
std::optional<Place> placeIn(std::string_view param, std::size_t size) {
  takePrefix(param, "body.");
  if (!takePrefix(param, "data.")) {
    return std::nullopt;
  }
  std::size_t record = 0;
  const auto [end, error] = std::from_chars(param.data(), param.data() + param.size(), record);
  param.remove_prefix(static_cast<std::size_t>(end - param.data()));
  if (error != std::errc() || record >= size || (!param.empty() && !takePrefix(param, "."))) {
    return std::nullopt;
  }
  return Place{record, std::string(param)};
}

APIErrorDetail of(const Place& place, std::string code, std::string message) {
  APIErrorDetail detail{std::move(code), std::move(message)};
  if (!place.within.empty()) {
    detail.param = place.within;
  }
  return detail;
}

}  // namespace

std::map<std::size_t, APIErrorDetail> culpritsOf(const StatusError& error, std::size_t size) {
  std::map<std::size_t, APIErrorDetail> culprits;
  const APIError& reason = error.error();
  for (const APIErrorDetail& detail : reason.errors.value_or(std::vector<APIErrorDetail>())) {
    if (const auto place = placeIn(detail.param.value_or(std::string()), size)) {
      culprits.emplace(place->record, of(*place, detail.code, detail.message));
    }
  }
  if (const auto place = placeIn(reason.param.value_or(std::string()), size)) {
    culprits.emplace(place->record, of(*place, reason.code, reason.message));
  }
  return culprits;
}

std::optional<std::pair<std::size_t, APIErrorDetail>> culpritOf(const InvalidArgumentError& error,
                                                                std::size_t size) {
  const auto place = placeIn(error.param(), size);
  if (!place) {
    return std::nullopt;
  }
  // what() begins with the place in the request, which means nothing in the report.
  const std::string what = error.what();
  const std::size_t colon = what.find(": ");
  return std::pair(
      place->record,
      of(*place, "invalid_request", colon == std::string::npos ? what : what.substr(colon + 2)));
}

}  // namespace heymilo::workflows
