#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postgres/quota_slots.hpp"
#include "postgres/quota_sync.hpp"

namespace heymilo::postgres {

/// What a holder has seen of the others: for how long each one's row has been the same.
///
/// Programs that live shorter than the wait must come to its end too, so the store keeps what they
/// have waited: QuotaView::Holder::waited_ms. Each number there and here is a lower bound, by
/// anybody's clock, of the time since that row's `seq` was written:
/// - The holder's own statement writes 0 together with `seq`.
/// - Who is shown a bound adds what passes from then on by its own boot-time clock, made a
///   thousandth shorter, as clocks may differ by that. The store's response was made before it
///   came, so that no time is counted twice.
/// - The store keeps the longest of the bounds that are reported for the same `seq`. Two times are
///   never added up, as they may overlap.
class QuotaOthers {
 public:
  /// `report`: how much more than the store a holder knows when it tells the store. It is longer
  /// than the time between two beats of a holder that lives, whose row is thus left alone.
  explicit QuotaOthers(std::chrono::milliseconds report) : report_(report) {}

  /// The rows of a response that came now.
  void see(const std::vector<QuotaView::Holder>& rows, BootTime now);
  void forget() { seen_.clear(); }

  /// Those that are waited out, in whole or, of one that has left, in part; and those whose wait
  /// the store should know of. `last`: this holder leaves, and can tell nothing later.
  std::vector<Unchanged> unchanged(BootTime now, bool last) const;
  /// When there will be more of them.
  std::optional<BootTime> nextUnchanged() const;
  /// How long a row has been the same, at least. It must be one of the last response.
  std::chrono::milliseconds unchangedFor(const std::string& holder, BootTime now) const {
    return seen_.at(holder).waited(now);
  }

 private:
  struct Seen {
    QuotaView::Holder row;
    std::chrono::milliseconds before;  // had passed at `since`, as the store knew
    BootTime since;

    std::chrono::milliseconds waited(BootTime now) const;
    /// The shortest time after which slots of it are nobody's; empty where it has none.
    std::optional<std::chrono::milliseconds> wait() const;
  };

  const std::chrono::milliseconds report_;
  std::map<std::string, Seen> seen_;
};

}  // namespace heymilo::postgres
