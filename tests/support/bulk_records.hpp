#pragma once

#include <cstdint>
#include <string>

#include "support/namespaces.hpp"
#include "workflows/bulk/chunk.hpp"

namespace heymilo_test {

/// A record as a job gives it to be sent: its key is `key:ref:` and the index.
inline Sending::Part record(std::uint64_t index) {
  return {index, "key:ref:" + std::to_string(index)};
}

/// Its candidate, with that key.
inline CandidateIngestRequest person(std::uint64_t index) {
  CandidateIngestRequest one{"Person " + std::to_string(index),
                             "person" + std::to_string(index) + "@example.com"};
  one.withMetadata("ref", std::to_string(index));
  one.withMetadata("heymilo_ref", record(index).key);
  return one;
}

inline Chunk chunkOf(std::uint64_t count) {
  Chunk chunk;
  for (std::uint64_t i = 0; i < count; ++i) {
    chunk.add(record(i), person(i));
  }
  return chunk;
}

}  // namespace heymilo_test
