#include "heymilo/workflows/mirror.hpp"

namespace heymilo::workflows {

MirrorSink::~MirrorSink() = default;

bool MirrorSink::keep(const std::string& /*interview_id*/, const MirrorWalk& /*walk*/) {
  return false;
}

MirrorDue MirrorSink::due(Timestamp /*gone_before*/) { return {}; }

std::uint64_t MirrorSink::erase(const MirrorWalk& /*walk*/, Timestamp /*gone_before*/) { return 0; }

bool MirrorSink::trackChanges(bool /*on*/) { return false; }

std::vector<MirrorChange> MirrorSink::changes(std::size_t /*most*/) { return {}; }

void MirrorSink::handled(const MirrorChange& /*change*/) {}

MirrorHold MirrorSink::hold(MirrorClaim /*claim*/) { return {}; }

void MirrorSink::requireInPlace() {}

}  // namespace heymilo::workflows
