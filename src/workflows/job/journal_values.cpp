#include "heymilo/workflows/journal.hpp"

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

Journal::~Journal() = default;

std::uint64_t Journal::forget(const std::string& /*posting_id*/,
                              const std::vector<DeletedKey>& /*keys*/) {
  throw StoreError("this journal can't forget keys whose candidates were deleted");
}

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

std::string_view toString(JournalOutcome value) noexcept {
  switch (value) {
    case JournalOutcome::good:
      return "good";
    case JournalOutcome::stale:
      return "stale";
    case JournalOutcome::gone:
      return "gone";
    case JournalOutcome::restored:
      return "restored";
    case JournalOutcome::not_adopted:
      return "not_adopted";
    case JournalOutcome::refused:
      return "refused";
  }
  return "refused";
}

std::string_view toString(KeyVerdict value) noexcept {
  switch (value) {
    case KeyVerdict::claimed:
      return "claimed";
    case KeyVerdict::free:
      return "free";
    case KeyVerdict::known:
      return "known";
    case KeyVerdict::changed:
      return "changed";
    case KeyVerdict::rejected:
      return "rejected";
    case KeyVerdict::unresolved:
      return "unresolved";
    case KeyVerdict::elsewhere:
      return "elsewhere";
    case KeyVerdict::in_doubt:
      return "in_doubt";
  }
  return "in_doubt";
}

}  // namespace heymilo::workflows
