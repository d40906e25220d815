#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postgres/quota_slots.hpp"
#include "postgres/quota_sync.hpp"

namespace heymilo::postgres {

/// What a holder has seen of the others: for how long, by its own boot-time clock, each one's row
/// has been the same.
class QuotaOthers {
 public:
  /// The rows of a response that came now.
  void see(const std::vector<QuotaView::Holder>& rows, BootTime now);
  void forget() { seen_.clear(); }

  /// Those that are waited out, in whole or, of one that has left, in part.
  std::vector<Unchanged> unchanged(BootTime now) const;
  /// When there will be more of them.
  std::optional<BootTime> nextUnchanged() const;
  /// How long a row has been the same. It must be one of the last response.
  std::chrono::nanoseconds unchangedFor(const std::string& holder, BootTime now) const {
    return now - seen_.at(holder).since;
  }

 private:
  struct Seen {
    QuotaView::Holder row;
    BootTime since;

    /// The shortest time after which slots of it are nobody's; empty where it has none.
    std::optional<std::chrono::milliseconds> wait() const;
  };

  std::map<std::string, Seen> seen_;
};

}  // namespace heymilo::postgres
