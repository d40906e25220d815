#include "postgres/mirror_rows.hpp"

#include <chrono>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "postgres/journal_text.hpp"

namespace heymilo::postgres {

namespace {

using nlohmann::json;
using workflows::CandidateColumn;
using workflows::CandidateRow;
using workflows::ColumnValue;
using workflows::MirrorWalk;

constexpr Timestamp kFirst{std::chrono::seconds{-62'135'596'800}};  // of the year 1
constexpr Timestamp kLast{std::chrono::seconds{253'402'300'799}};   // of the year 9999

std::string cleanText(const std::string& text) {
  std::string clean;
  for (const char c : text) {
    if (c == '\0') {
      clean += "\xEF\xBF\xBD";
    } else {
      clean.push_back(c);
    }
  }
  return clean;
}

json cleanJson(const json& value) {
  if (value.is_string()) {
    return cleanText(value.get_ref<const std::string&>());
  }
  if (value.is_array()) {
    json clean = json::array();
    for (const json& one : value) {
      clean.push_back(cleanJson(one));
    }
    return clean;
  }
  if (value.is_object()) {
    json clean = json::object();
    for (const auto& [name, one] : value.items()) {
      clean[cleanText(name)] = cleanJson(one);
    }
    return clean;
  }
  return value;
}

json jsonOf(const ColumnValue& value) {
  return std::visit(
      [](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return json();
        } else if constexpr (std::is_same_v<T, Timestamp>) {
          return json(momentText(one));
        } else {
          return json(one);
        }
      },
      value);
}

template <class T>
json orNull(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

json walkMoment(const std::optional<Timestamp>& moment) {
  return moment ? json(std::int64_t{moment->time_since_epoch().count()}) : json();
}

}  // namespace

std::string momentText(Timestamp moment) {
  return moment < kFirst ? "-infinity" : moment > kLast ? "infinity" : formatTimestamp(moment);
}

std::optional<Timestamp> momentOf(const json& value) {
  return value.is_null()
             ? std::nullopt
             : std::optional(Timestamp(std::chrono::microseconds(value.get<std::int64_t>())));
}

CandidateResponse withoutNul(const CandidateResponse& candidate) {
  return cleanJson(json(candidate)).get<CandidateResponse>();
}

json rowOf(const std::vector<CandidateColumn>& columns, const std::string& id,
           const CandidateResponse& candidate, const CandidateRow& row) {
  json values = json::object();
  for (const CandidateColumn& column : columns) {
    values[column.name] = jsonOf(column.value(candidate));
  }
  values["interview_id"] = id;
  values["current_step_id"] = orNull(row.state.step_id);
  values["current_step_order"] = orNull(row.state.step_order);
  values["document"] = json::parse(row.state.document);
  values["differs"] = row.differs;
  return values;
}

json historyOf(const std::string& id, const CandidateRow& row) {
  return {{"interview_id", id},
          {"status", row.state.status},
          {"current_step_id", orNull(row.state.step_id)},
          {"current_step_order", orNull(row.state.step_order)}};
}

std::string walkText(const MirrorWalk& walk) {
  return json{{"number", walk.number},
              {"full", walk.full},
              {"created_after", walkMoment(walk.created_after)},
              {"created_before", walkMoment(walk.created_before)},
              {"began_at", walkMoment(walk.began_at)},
              {"started_at", walkMoment(walk.started_at)},
              {"newest", walkMoment(walk.newest)},
              {"cursor", storedText(walk.cursor)},
              {"unidentified", walk.unidentified},
              {"oldest_unreadable", walkMoment(walk.oldest_unreadable)}}
      .dump();
}

MirrorWalk walkOf(const std::string& text) {
  const json value = json::parse(text);
  MirrorWalk walk;
  walk.number = value.at("number").get<std::uint64_t>();
  walk.full = value.at("full").get<bool>();
  walk.created_after = momentOf(value.at("created_after"));
  walk.created_before = momentOf(value.at("created_before"));
  walk.began_at = momentOf(value.at("began_at")).value_or(Timestamp());
  walk.started_at = momentOf(value.at("started_at")).value_or(Timestamp());
  walk.newest = momentOf(value.at("newest"));
  walk.cursor = plainText(value.at("cursor").get<std::string>());
  walk.unidentified = value.at("unidentified").get<bool>();
  walk.oldest_unreadable = momentOf(value.at("oldest_unreadable"));
  return walk;
}

}  // namespace heymilo::postgres
