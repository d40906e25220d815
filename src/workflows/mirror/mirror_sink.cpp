#include "heymilo/workflows/mirror.hpp"

namespace heymilo::workflows {

MirrorSink::~MirrorSink() = default;

bool MirrorSink::keep(const std::string& /*interview_id*/, const MirrorWalk& /*walk*/) {
  return false;
}

MirrorDue MirrorSink::due(Timestamp /*gone_before*/, const MirrorWindow& /*window*/) { return {}; }

std::uint64_t MirrorSink::erase(const MirrorWalk& /*walk*/, Timestamp /*gone_before*/) { return 0; }

void MirrorSink::wipe() {}

std::optional<MirrorCount> MirrorSink::count(const MirrorWindow& /*window*/) {
  return std::nullopt;
}

std::optional<Timestamp> MirrorSink::createdAt(const MirrorWindow& /*window*/,
                                               std::uint64_t /*index*/) {
  return std::nullopt;
}

std::optional<Timestamp> MirrorSink::nextOpen(const MirrorWindow& /*window*/) {
  return std::nullopt;
}

bool MirrorSink::trackChanges(bool /*on*/) { return false; }

std::vector<MirrorChange> MirrorSink::changes(std::size_t /*most*/) { return {}; }

void MirrorSink::handled(const MirrorChange& /*change*/) {}

MirrorHold MirrorSink::hold(MirrorClaim /*claim*/) { return {}; }

void MirrorSink::requireInPlace() {}

std::string_view toString(MirrorSearch::Outcome outcome) noexcept {
  switch (outcome) {
    case MirrorSearch::Outcome::none:
      return "none";
    case MirrorSearch::Outcome::complete:
      return "complete";
    case MirrorSearch::Outcome::no_totals:
      return "no_totals";
    case MirrorSearch::Outcome::bad_totals:
      return "bad_totals";
    case MirrorSearch::Outcome::undated:
      break;
  }
  return "undated";
}

}  // namespace heymilo::workflows
