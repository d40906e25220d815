#pragma once

#include <string>

#include "heymilo/models.hpp"

/// User code for the same structs, with the two libraries that users would choose. Like such code,
/// it reads the documented properties and drops any other.
namespace by_hand {

using Page = heymilo::ListResponse<heymilo::CandidateResponse>;

/// A tree of nlohmann/json, and a conversion of each struct.
Page decodePageWithNlohmann(const std::string& text);
/// The tree is built from the structs, and dumped.
std::string encodeBulkWithNlohmann(const heymilo::BulkCandidateIngestRequest& bulk);

/// simdjson On-Demand. `text` has as much spare capacity as simdjson reads beyond its end.
Page decodePageWithSimdjson(const std::string& text);

}  // namespace by_hand
