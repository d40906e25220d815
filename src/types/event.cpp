#include <ostream>

#include "heymilo/options.hpp"

namespace heymilo {

std::string_view toString(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::request:
      return "request";
    case EventKind::response:
      return "response";
    case EventKind::retry:
      return "retry";
    case EventKind::throttled:
      return "throttled";
    case EventKind::failure:
      return "failure";
  }
  return "unknown";
}

std::string to_string(EventKind kind) { return std::string(toString(kind)); }

std::ostream& operator<<(std::ostream& out, EventKind kind) { return out << toString(kind); }

std::ostream& operator<<(std::ostream& out, const Event& event) {
  // One text, so that lines of several threads don't mix, and no flag of the stream matters.
  std::string line(event.operation);
  line += " #" + std::to_string(event.attempt) + ": ";
  line += toString(event.kind);
  if (event.status != 0) {
    line += ' ' + std::to_string(event.status);
  }
  if (event.kind == EventKind::response || event.kind == EventKind::failure) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(event.elapsed);
    line += " in " + std::to_string(elapsed.count()) + " ms";
  }
  if (event.kind == EventKind::retry || event.kind == EventKind::throttled) {
    line += ", waits " + std::to_string(event.wait.count()) + " ms";
  }
  if (event.held) {
    line += ": the API has asked for no requests";
  }
  if (event.kind == EventKind::response) {
    line += ", " + std::to_string(event.bytes_received) + " bytes";
  }
  if (!event.request_id.empty()) {
    line += " (request id " + event.request_id + ")";
  }
  return out << line;
}

}  // namespace heymilo
