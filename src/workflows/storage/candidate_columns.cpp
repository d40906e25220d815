#include "workflows/storage/candidate_columns.hpp"

#include <cmath>
#include <optional>
#include <string_view>
#include <type_traits>

#include "heymilo/models/schema.hpp"

namespace heymilo::workflows {

namespace {

using sqlite::Statement;

template <class T>
struct Inner {
  using Type = T;
};
template <class T>
struct Inner<std::optional<T>> {
  using Type = T;
};

/// SQLite's type for a property of the C++ type T; nullptr if it is not a scalar.
template <class T>
constexpr const char* columnType() {
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, CandidateStatus>) {
    return "TEXT";
  } else if constexpr (std::is_same_v<T, double> || std::is_same_v<T, Timestamp>) {
    return "REAL";
  } else if constexpr (std::is_integral_v<T>) {
    return "INTEGER";
  } else {
    return nullptr;
  }
}

template <class T>
void bindScalar(Statement& statement, int parameter, const T& value) {
  if constexpr (std::is_same_v<T, Timestamp>) {
    statement.bind(parameter, toSeconds(value));
  } else if constexpr (std::is_same_v<T, CandidateStatus>) {
    statement.bind(parameter, value.text());
  } else {
    statement.bind(parameter, value);
  }
}

template <class T>
void bindScalar(Statement& statement, int parameter, const std::optional<T>& value) {
  if (value) {
    bindScalar(statement, parameter, *value);
  } else {
    statement.bindNull(parameter);
  }
}

template <class Member>
void add(std::vector<CandidateColumn>& columns,
         const detail::Field<CandidateResponse, Member>& field) {
  constexpr const char* kType = columnType<typename Inner<Member>::Type>();
  if constexpr (kType != nullptr) {
    columns.push_back(
        {field.name,
         kType,
         [member = field.member](
             Statement& statement, int parameter, const CandidateResponse& candidate) {
           bindScalar(statement, parameter, candidate.*member);
         }});
  }
}

constexpr double kMicroseconds = 1e6;

}  // namespace

std::vector<CandidateColumn> candidateColumns() {
  std::vector<CandidateColumn> columns;
  Schema<CandidateResponse>::fields([&](const auto&... field) { (add(columns, field), ...); });
  return columns;
}

double toSeconds(Timestamp moment) {
  return static_cast<double>(moment.time_since_epoch().count()) / kMicroseconds;
}

Timestamp fromSeconds(double seconds) {
  return Timestamp(std::chrono::microseconds(std::llround(seconds * kMicroseconds)));
}

}  // namespace heymilo::workflows
