#include "workflows/bulk/chunk.hpp"

namespace heymilo::workflows {

void Chunk::add(Sending::Part record, CandidateIngestRequest candidate) {
  records_.push_back(std::move(record));
  request_.data.push_back(std::move(candidate));
}

Chunk Chunk::keepIf(const std::function<bool(std::size_t place)>& wanted) {
  Chunk kept;
  Chunk removed;
  for (std::size_t place = 0; place < size(); ++place) {
    Chunk& chunk = wanted(place) ? kept : removed;
    chunk.add(std::move(records_[place]), std::move(request_.data[place]));
  }
  *this = std::move(kept);
  return removed;
}

std::pair<Chunk, Chunk> Chunk::halve() {
  std::pair<Chunk, Chunk> halves;
  for (std::size_t place = 0; place < size(); ++place) {
    Chunk& half = place < size() / 2 ? halves.first : halves.second;
    half.add(std::move(records_[place]), std::move(request_.data[place]));
  }
  *this = Chunk();
  return halves;
}

}  // namespace heymilo::workflows
