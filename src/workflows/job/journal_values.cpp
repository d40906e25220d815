#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

Journal::~Journal() = default;

bool JournalPosting::operator==(const JournalPosting& other) const {
  return posting_id == other.posting_id && base_url == other.base_url &&
         key_name == other.key_name && digest_version == other.digest_version;
}

std::string_view toString(KeyState state) noexcept {
  switch (state) {
    case KeyState::unsent:
      return "unsent";
    case KeyState::in_flight:
      return "in_flight";
    case KeyState::in_doubt:
      return "in_doubt";
    case KeyState::ingested:
      return "ingested";
    case KeyState::queued:
      return "queued";
    case KeyState::rejected:
      return "rejected";
    case KeyState::unresolved:
      return "unresolved";
  }
  return "unresolved";
}

}  // namespace heymilo::workflows
