#include "postgres/quota_sql.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "postgres/connection.hpp"

namespace heymilo::postgres {

namespace {

using nlohmann::json;

const char* actionOf(QuotaSync::Action action) {
  switch (action) {
    case QuotaSync::Action::join:
      return "join";
    case QuotaSync::Action::claim:
      return "claim";
    case QuotaSync::Action::leave:
      return "leave";
    case QuotaSync::Action::sync:
      break;
  }
  return "sync";
}

QuotaView::Outcome outcomeOf(const std::string& word) {
  const std::map<std::string_view, QuotaView::Outcome> words = {
      {"good", QuotaView::Outcome::good},
      {"lost", QuotaView::Outcome::lost},
      {"restored", QuotaView::Outcome::restored},
      {"stale", QuotaView::Outcome::stale},
      {"terms", QuotaView::Outcome::terms},
      {"key", QuotaView::Outcome::key}};
  const auto found = words.find(word);
  if (found == words.end()) {
    throw StatementError("heymilo.quota_sync() is of another version", "", true);
  }
  return found->second;
}

QuotaView::Holder holderOf(const json& row) {
  QuotaView::Holder holder;
  holder.holder = row.at("holder").get<std::string>();
  holder.seq = row.at("seq").get<long long>();
  holder.gone = row.at("gone").get<bool>();
  holder.outlast_ms = row.at("outlast_ms").get<long long>();
  holder.waited_ms = row.at("waited_ms").get<long long>();
  holder.waiting_interactive = row.at("waiting_interactive").get<int>();
  holder.waiting_bulk = row.at("waiting_bulk").get<int>();
  holder.wants = row.at("wants").get<int>();
  holder.wants_reserved = row.at("wants_reserved").get<int>();
  holder.owned = row.at("owned").get<int>();
  holder.owned_reserved = row.at("owned_reserved").get<int>();
  holder.turn = row.at("turn").get<long long>();
  holder.rests_ms = row.at("rests_ms").get<std::vector<long long>>();
  return holder;
}

}  // namespace

std::string toJson(const QuotaSync& sync, long long lock_timeout_ms) {
  json left = json::array();
  for (const LeftSlot& slot : sync.left) {
    left.push_back({{"slot", slot.slot}, {"rests_ms", slot.rests_ms}});
  }
  json unchanged = json::array();
  for (const Unchanged& other : sync.unchanged) {
    unchanged.push_back(
        {{"holder", other.holder}, {"seq", other.seq}, {"waited_ms", other.waited_ms}});
  }
  return json{{"action", actionOf(sync.action)},
              {"quota", sync.quota},
              {"key", sync.key},
              {"holder", sync.holder},
              {"name", sync.name},
              {"epoch", sync.epoch},
              {"seq", sync.seq},
              {"acked", sync.acked},
              {"requests", sync.requests},
              {"per_ms", sync.per_ms},
              {"reserved", sync.reserved},
              {"outlast_ms", sync.outlast_ms},
              {"in_use", sync.in_use},
              {"resting", sync.resting},
              {"waiting_interactive", sync.waiting_interactive},
              {"waiting_bulk", sync.waiting_bulk},
              {"wants", sync.wants},
              {"wants_reserved", sync.wants_reserved},
              {"give", sync.give},
              {"claims", sync.claims},
              {"left", std::move(left)},
              {"take", sync.take},
              {"take_reserved", sync.take_reserved},
              {"unchanged", std::move(unchanged)},
              {"hold_id", sync.hold_id},
              {"hold_ms", sync.hold_ms},
              {"new_hold", sync.new_hold},
              {"lock_timeout_ms", lock_timeout_ms}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

QuotaView quotaView(const std::string& text) {
  try {
    const json row = json::parse(text);
    QuotaView view;
    view.outcome = outcomeOf(row.at("outcome").get<std::string>());
    if (view.outcome == QuotaView::Outcome::terms) {
      view.requests = row.at("requests").get<int>();
      view.per_ms = row.at("per_ms").get<long long>();
    } else if (view.outcome == QuotaView::Outcome::restored) {
      view.epoch = row.at("epoch").get<std::string>();
    } else if (view.outcome == QuotaView::Outcome::good) {
      view.epoch = row.at("epoch").get<std::string>();
      view.reserved = row.at("reserved").get<int>();
      view.hold_id = row.at("hold_id").get<long long>();
      view.hold_ms = row.at("hold_ms").get<long long>();
      view.turn = row.at("turn").is_null() ? 0 : row.at("turn").get<long long>();
      view.slots = row.at("slots").get<std::vector<int>>();
      view.free = row.at("free").get<int>();
      view.free_reserved = row.at("free_reserved").get<int>();
      for (const json& holder : row.at("holders")) {
        view.holders.push_back(holderOf(holder));
      }
    }
    return view;
  } catch (const json::exception&) {
    throw StatementError("heymilo.quota_sync() is of another version", "", true);
  }
}

}  // namespace heymilo::postgres
