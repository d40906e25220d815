#include "workflows/storage/candidate_columns.hpp"

#include <optional>
#include <type_traits>

#include "heymilo/models/schema.hpp"

namespace heymilo::workflows {

namespace {

template <class T>
struct Inner {
  using Type = T;
};
template <class T>
struct Inner<std::optional<T>> {
  using Type = T;
};

/// The kind of a property of the C++ type T; empty if it is not a scalar.
template <class T>
constexpr std::optional<ColumnKind> kindOf() {
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, CandidateStatus>) {
    return ColumnKind::text;
  } else if constexpr (std::is_same_v<T, double>) {
    return ColumnKind::real;
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return ColumnKind::moment;
  } else if constexpr (std::is_same_v<T, bool>) {
    return ColumnKind::boolean;
  } else if constexpr (std::is_integral_v<T>) {
    return ColumnKind::integer;
  } else {
    return std::nullopt;
  }
}

template <class T>
ColumnValue valueOf(const T& value) {
  if constexpr (std::is_same_v<T, CandidateStatus>) {
    return std::string(value.text());
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return static_cast<std::int64_t>(value);
  } else {
    return value;
  }
}

template <class T>
ColumnValue valueOf(const std::optional<T>& value) {
  return value ? valueOf(*value) : ColumnValue();
}

template <class Member>
void add(std::vector<CandidateColumn>& columns,
         const detail::Field<CandidateResponse, Member>& field) {
  constexpr auto kKind = kindOf<typename Inner<Member>::Type>();
  if constexpr (kKind.has_value()) {
    columns.push_back({field.name, *kKind, [member = field.member](const CandidateResponse& one) {
                         return valueOf(one.*member);
                       }});
  }
}

}  // namespace

std::vector<CandidateColumn> candidateColumns() {
  std::vector<CandidateColumn> columns;
  Schema<CandidateResponse>::fields([&](const auto&... field) { (add(columns, field), ...); });
  return columns;
}

}  // namespace heymilo::workflows
