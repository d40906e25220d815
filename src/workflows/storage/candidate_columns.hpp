#pragma once

#include <functional>
#include <string>
#include <vector>

#include "heymilo/models/candidate.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// A column of the mirror that contains a scalar property of a candidate.
struct CandidateColumn {
  std::string name;  ///< the property's name; needs no quoting
  const char* type;  ///< SQLite's type
  std::function<void(sqlite::Statement&, int parameter, const CandidateResponse&)> bind;
};

/// One for each scalar property in the model's own table.
std::vector<CandidateColumn> candidateColumns();

/// A moment in the format of the mirror's tables: Unix seconds. A double is exact to the
/// microsecond until the year 2200.
double toSeconds(Timestamp moment);
Timestamp fromSeconds(double seconds);

}  // namespace heymilo::workflows
