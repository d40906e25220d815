#pragma once

#include <heymilo/workflows/bulk_ingest.hpp>
#include <heymilo/workflows/bulk_plan.hpp>
#include <string>
#include <vector>

#include "bulk/arguments.hpp"

namespace bulk {

/// The run would refuse nothing, as far as is known.
bool planIsClean(const heymilo::workflows::BulkPlan& plan);

/// For people: what a run would do, with its requests, and when it would be done under the quota as
/// it is now. `rejected`: the first records that would be; `journal`: its name. Complete lines.
std::string planText(const Arguments& arguments, const heymilo::workflows::BulkPlan& plan,
                     const std::vector<heymilo::workflows::RecordReport>& rejected,
                     const std::string& journal);

}  // namespace bulk
