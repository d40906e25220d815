#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "heymilo/models/candidate.hpp"
#include "heymilo/models/timestamp.hpp"

namespace heymilo::workflows {

/// The types of a candidate's scalar properties. Each store has its own type for each of them.
enum class ColumnKind { boolean, integer, real, moment, text };

/// A scalar property's value; std::monostate where the API did not send it.
using ColumnValue =
    std::variant<std::monostate, bool, std::int64_t, double, Timestamp, std::string>;

/// A column of the mirror that contains a scalar property of a candidate.
struct CandidateColumn {
  std::string name;  ///< the property's name; needs no quoting
  ColumnKind kind;
  std::function<ColumnValue(const CandidateResponse&)> value;
};

/// One for each scalar property in the model's own table.
std::vector<CandidateColumn> candidateColumns();

}  // namespace heymilo::workflows
