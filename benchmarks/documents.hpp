#pragma once

#include <cstddef>
#include <string>

#include "heymilo/models.hpp"

/// What is decoded and encoded by all that is measured: the same for every run.
namespace benchmarks {

/// A page of so many candidates with all their properties: 100 of them are 128 kB.
std::string pageText(std::size_t candidates);

/// A bulk body of so many people: 1,000 of them are 437 kB.
heymilo::BulkCandidateIngestRequest bulkRequest(std::size_t people);

}  // namespace benchmarks
