#include "heymilo/workflows/bulk_ingest.hpp"

namespace heymilo::workflows {

std::string_view toString(RecordState state) noexcept {
  switch (state) {
    case RecordState::unsent:
      return "unsent";
    case RecordState::ingested:
      return "ingested";
    case RecordState::queued:
      return "queued";
    case RecordState::rejected:
      return "rejected";
    case RecordState::unresolved:
      return "unresolved";
    case RecordState::changed:
      return "changed";
    case RecordState::duplicate:
      return "duplicate";
  }
  return "unresolved";
}

}  // namespace heymilo::workflows
