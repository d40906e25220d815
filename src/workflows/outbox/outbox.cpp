#include "heymilo/workflows/outbox.hpp"

// What a store needs of an outbox: also the one in PostgreSQL, without the other workflows.

namespace heymilo::workflows {

Outbox::~Outbox() = default;

std::string_view toString(OutboxState state) noexcept {
  switch (state) {
    case OutboxState::ingested:
      return "ingested";
    case OutboxState::queued:
      return "queued";
    case OutboxState::rejected:
      return "rejected";
    case OutboxState::changed:
      break;
  }
  return "changed";
}

}  // namespace heymilo::workflows
