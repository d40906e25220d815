#include "workflows/bulk/chunk.hpp"

namespace heymilo::workflows {

void Chunk::add(JournalRecord record, CandidateIngestRequest candidate) {
  records_.push_back(std::move(record));
  request_.data.push_back(std::move(candidate));
}

void Chunk::keepIf(const std::function<bool(std::size_t place)>& wanted) {
  Chunk kept;
  for (std::size_t place = 0; place < size(); ++place) {
    if (wanted(place)) {
      kept.add(std::move(records_[place]), std::move(request_.data[place]));
    }
  }
  *this = std::move(kept);
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
