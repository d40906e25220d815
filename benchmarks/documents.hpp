#pragma once

#include <cstddef>
#include <string>

#include "heymilo/models.hpp"

/// The documents that all benchmarks decode and encode: the same for every run.
namespace benchmarks {

/// A page of this many candidates with all properties: 100 of them are 128 kB.
std::string pageText(std::size_t candidates);

/// A bulk body of this many people: 1,000 of them are 437 kB.
heymilo::BulkCandidateIngestRequest bulkRequest(std::size_t people);

}  // namespace benchmarks
