#include "heymilo/workflows/outbox.hpp"

namespace heymilo::workflows {

std::string_view toString(OutboxEvent::Kind kind) noexcept {
  switch (kind) {
    case OutboxEvent::Kind::delivered:
      return "delivered";
    case OutboxEvent::Kind::rejected:
      return "rejected";
    case OutboxEvent::Kind::changed:
      return "changed";
    case OutboxEvent::Kind::failed:
      return "failed";
    case OutboxEvent::Kind::expired:
      return "expired";
    case OutboxEvent::Kind::waiting:
      break;
  }
  return "waiting";
}

}  // namespace heymilo::workflows
