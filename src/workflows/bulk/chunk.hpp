#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/models/ingest.hpp"
#include "workflows/job/intake.hpp"

namespace heymilo::workflows {

/// The records of one request, and that request: the n-th record is the n-th of its candidates. A
/// candidate's data are put there when it is to be sent, and are sent from there.
class Chunk {
 public:
  bool empty() const noexcept { return records_.empty(); }
  std::size_t size() const noexcept { return records_.size(); }
  const std::vector<Sending::Part>& records() const noexcept { return records_; }
  const BulkCandidateIngestRequest& request() const noexcept { return request_; }

  void add(Sending::Part record, CandidateIngestRequest candidate);
  /// Removes all records but those at the places, from 0, for which `wanted` returns true. Calls it
  /// once for each place, in order. Returns what was removed.
  Chunk keepIf(const std::function<bool(std::size_t place)>& wanted);
  /// Both halves of it, which is empty afterwards. Of one record, the first half is empty.
  std::pair<Chunk, Chunk> halve();
  /// The candidate at a place, which is moved from afterwards.
  CandidateIngestRequest take(std::size_t place) { return std::move(request_.data[place]); }

 private:
  std::vector<Sending::Part> records_;
  BulkCandidateIngestRequest request_;
};

}  // namespace heymilo::workflows
