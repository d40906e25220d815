#include "postgres/quota_others.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::postgres {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// A time by this clock, as it is at least by any other: a thousandth may be between two.
milliseconds surely(nanoseconds waited) {
  return std::chrono::floor<milliseconds>(waited - waited / 1000);
}

}  // namespace

milliseconds QuotaOthers::Seen::waited(BootTime now) const { return before + surely(now - since); }

std::optional<milliseconds> QuotaOthers::Seen::wait() const {
  if (!row.gone) {
    return milliseconds(row.outlast_ms);
  }
  if (row.rests_ms.empty()) {
    return std::nullopt;
  }
  return milliseconds(*std::min_element(row.rests_ms.begin(), row.rests_ms.end()));
}

void QuotaOthers::see(const std::vector<QuotaView::Holder>& rows, BootTime now) {
  std::map<std::string, Seen> seen;
  for (const QuotaView::Holder& row : rows) {
    const auto known = seen_.find(row.holder);
    const bool same = known != seen_.end() && known->second.row.seq == row.seq &&
                      known->second.row.gone == row.gone;
    Seen shown{row, milliseconds(row.waited_ms), now};
    if (same && known->second.waited(now) >= shown.before) {
      shown.before = known->second.before;
      shown.since = known->second.since;
    }
    seen.emplace(row.holder, std::move(shown));
  }
  seen_ = std::move(seen);
}

std::vector<Unchanged> QuotaOthers::unchanged(BootTime now, bool last) const {
  std::vector<Unchanged> list;
  for (const auto& [holder, seen] : seen_) {
    const milliseconds waited = seen.waited(now);
    const std::optional<milliseconds> wait = seen.wait();
    const milliseconds news = waited - milliseconds(seen.row.waited_ms);
    const bool lives = !seen.row.gone && holder.rfind("ghost:", 0) != 0 && waited < report_;
    if ((wait && waited >= *wait) || news >= report_ || (last && !lives)) {
      list.push_back({holder, seen.row.seq, waited.count()});
    }
  }
  return list;
}

std::optional<BootTime> QuotaOthers::nextUnchanged() const {
  std::optional<BootTime> next;
  for (const auto& [holder, seen] : seen_) {
    if (const std::optional<milliseconds> wait = seen.wait()) {
      const nanoseconds longer = std::max(*wait - seen.before, milliseconds{0}) + milliseconds{1};
      const BootTime at = seen.since + longer + longer / 999;
      next = next ? std::min(*next, at) : at;
    }
  }
  return next;
}

}  // namespace heymilo::postgres
