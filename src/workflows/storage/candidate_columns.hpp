#pragma once

#include <functional>
#include <string>
#include <vector>

#include "heymilo/models/candidate.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

/// A column of the mirror that holds a scalar property of a candidate.
struct CandidateColumn {
  std::string name;  ///< the property's, so that no quoting is needed
  const char* type;  ///< SQLite's
  std::function<void(sqlite::Statement&, int parameter, const CandidateResponse&)> bind;
};

/// One for each scalar property, as the model's own table has them.
std::vector<CandidateColumn> candidateColumns();

/// A moment as the mirror's tables hold it: Unix seconds. A double has room for the microseconds of
/// any date until the year 2200.
double toSeconds(Timestamp moment);
Timestamp fromSeconds(double seconds);

}  // namespace heymilo::workflows
