#include <algorithm>
#include <string>
#include <utility>

#include "postgres/quota_store.hpp"

namespace heymilo::postgres {

namespace {

// Who has not been heard of for longer than a lease is shown as gone. That goes by the server's
// clock, as nothing else does.
constexpr const char* kSharers = R"sql(
SELECT h.name, h.in_use, h.resting, h.waiting_interactive, h.waiting_bulk, h.reserved,
    (NOT h.gone AND h.holder NOT LIKE 'ghost:%'
      AND h.seen > clock_timestamp() - make_interval(secs => $2::float8 / 1000))::int,
    (SELECT count(*) FROM heymilo.quota_slot s WHERE s.quota = h.quota AND s.owner = h.holder),
    (SELECT count(*) FROM heymilo.quota_slot s WHERE s.quota = h.quota AND s.owner IS NULL)
  FROM heymilo.quota_holder h WHERE h.quota = $1 ORDER BY h.name, h.holder)sql";

constexpr const char* kQuota = R"sql(
SELECT q.requests, q.per_ms, q.hold_ms,
    (SELECT count(*) FROM heymilo.quota_slot s WHERE s.quota = q.quota AND s.owner IS NULL),
    (SELECT greatest(0, q.hold_ms - extract(epoch FROM clock_timestamp() - max(h.seen)) * 1000)
      FROM heymilo.quota_holder h WHERE h.quota = q.quota)::bigint,
    coalesce(host(inet_server_addr()), 'a local socket'), current_database()
  FROM heymilo.quota q WHERE q.quota = $1)sql";

int toInt(long long number) { return static_cast<int>(number); }

}  // namespace

std::optional<QuotaStatus> quotaStatus(Connection& connection, const std::string& quota,
                                       std::chrono::milliseconds limit) {
  Rows rows;
  if (hasQuotaTables(connection, limit)) {
    rows = connection.run(kQuota, {Value(quota)}, limit);
  }
  if (rows.empty()) {
    return std::nullopt;
  }
  QuotaStatus status;
  status.store = "PostgreSQL, database " + rows.text(0, 6) + " on " + rows.text(0, 5);
  status.requests = toInt(rows.number(0, 0));
  status.per = std::chrono::milliseconds(rows.number(0, 1));
  status.free = toInt(rows.number(0, 3));
  status.held = std::chrono::milliseconds(rows.rows[0][4] ? rows.number(0, 4) : 0);
  const std::string silent_ms = std::to_string(limit.count());
  rows = connection.run(kSharers, {Value(quota), Value(silent_ms)}, limit);
  if (!rows.empty()) {  // of the same moment as what each one owns
    status.free = toInt(rows.number(0, 8));
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    QuotaSharer sharer;
    sharer.name = rows.text(row, 0);
    sharer.alive = rows.number(row, 6) != 0;
    const int owned = toInt(rows.number(row, 7));
    if (sharer.alive) {
      sharer.in_use = toInt(rows.number(row, 1));
      sharer.resting = toInt(rows.number(row, 2));
      sharer.waiting_interactive = toInt(rows.number(row, 3));
      sharer.waiting_bulk = toInt(rows.number(row, 4));
      status.reserved_requests = std::max(status.reserved_requests, toInt(rows.number(row, 5)));
      status.free += std::max(0, owned - sharer.in_use - sharer.resting);
      status.used += sharer.in_use + sharer.resting;
    } else {
      sharer.resting = owned;
    }
    status.sharers.push_back(std::move(sharer));
  }
  return status;
}

}  // namespace heymilo::postgres
