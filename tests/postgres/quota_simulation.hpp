#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/quota_protocol.hpp"
#include "postgres/quota_store_model.hpp"

namespace heymilo_test {

/// Holders of one quota, a store and an API, all in one thread and in simulated time, which a seed
/// decides: what happens when, what is lost, who is stopped or killed.
class QuotaSimulation {
 public:
  using Time = std::chrono::nanoseconds;

  /// What goes wrong, as probabilities of each step, and mistakes that must be found.
  struct World {
    int slots = 6;
    std::chrono::milliseconds window{1'000};
    std::chrono::milliseconds timeout{1'500};
    std::chrono::milliseconds lease{2'000};
    std::chrono::milliseconds under_way{500};
    int holders = 4;
    Time length = std::chrono::seconds{60};
    int calls = 3;      ///< of each holder that wait or are under way
    double bulk = 0.3;  ///< part of the calls
    int reserved = 0;
    std::chrono::milliseconds latency{40};  ///< of the API, at most

    double tick_ms = 6;          ///< how often a holder looks what is to be done
    double connects = 0;         ///< requests that are sent only after a while
    double lost = 0;             ///< statements that never arrive, and responses as many
    double late = 0;             ///< statements that arrive after they were given up
    double latest_ms = 20'000;   ///< by how much
    double unanswered = 0;       ///< requests of the API
    double stops = 0;            ///< how many a second, of each holder
    double kills = 0;            ///< the same
    double leaves = 0;           ///< the same
    double restarts = 0;         ///< of the store, a second
    double restores = 0;         ///< with an older copy
    double clock_rate = 0.0004;  ///< how much faster or slower a clock is, at most

    bool beats_by_server_clock = false;
    bool no_cooling = false;
    bool dead_too_early = false;
    bool lease_ignored = false;
    QuotaStoreModel::Broken store{};
  };

  QuotaSimulation(const World& world, std::uint64_t seed)
      : world_(world), random_(seed), store_(world.store) {
    api_rate_ = world.clock_rate * uniform(-1, 1);
    for (int i = 0; i < world.holders; ++i) {
      at(span(0, 500), [this] { start(); });
    }
    at(step(), [this] { fate(); });
  }

  void run() {
    while (!events_.empty() && events_.top().at < world_.length) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      event.what();
    }
  }

  /// When requests reached the API, by the API's clock.
  std::vector<Time> arrivals() const {
    std::vector<Time> times = arrivals_;
    std::sort(times.begin(), times.end());
    return times;
  }

  /// The shortest time that N+1 requests took to arrive; `length` where there were no more than N.
  Time shortest() const {
    const std::vector<Time> times = arrivals();
    Time least = world_.length;
    const auto n = static_cast<std::size_t>(world_.slots);
    for (std::size_t i = 0; i + n < times.size(); ++i) {
      least = std::min(least, times[i + n] - times[i]);
    }
    return least;
  }

  int sent(std::size_t holder) const { return holders_.at(holder)->sent; }
  int statements() const { return statements_; }

 private:
  struct Event {
    Time at;
    std::uint64_t number;
    std::function<void()> what;
    bool operator<(const Event& other) const {  // the first one on top
      return at != other.at ? at > other.at : number > other.number;
    }
  };

  struct Holder {
    std::unique_ptr<heymilo::postgres::QuotaProtocol> protocol;
    Time offset{0};
    double rate = 0;
    bool alive = true;
    bool leaving = false;
    Time stopped_until{0};
    int statement = 0;    // the one under way; 0: none
    int calls = 0;        // under way
    int interactive = 0;  // wait
    int bulk = 0;         // wait
    int sent = 0;
    Time killed{Time::max()};
  };
  using Who = std::shared_ptr<Holder>;

  double uniform(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(random_);
  }
  bool chance(double probability) { return uniform(0, 1) < probability; }
  Time span(double least_ms, double most_ms) {
    return Time(static_cast<Time::rep>(uniform(least_ms, most_ms) * 1e6));
  }
  static Time step() { return std::chrono::milliseconds{50}; }
  void at(Time time, std::function<void()> what) {
    events_.push({std::max(time, now_), ++number_, std::move(what)});
  }
  /// What this process does, which waits as long as it is stopped, and ends with it.
  void in(const Who& who, Time time, std::function<void()> what) {
    at(time, [this, who, what = std::move(what)] {
      if (!who->alive) {
        return;
      }
      if (who->stopped_until > now_) {
        in(who, who->stopped_until, what);
        return;
      }
      what();
    });
  }
  Time clock(const Who& who) const { return clock(who, now_); }
  Time clock(const Who& who, Time time) const {
    return who->offset + time +
           Time(static_cast<Time::rep>(static_cast<double>(time.count()) * who->rate));
  }

  void start() {
    auto who = std::make_shared<Holder>();
    who->offset = span(1'000, 1'000'000);
    who->rate = world_.clock_rate * uniform(-1, 1);
    heymilo::postgres::QuotaProtocol::Setup setup;
    setup.quota = "name:simulation";
    setup.terms.requests = world_.slots;
    setup.terms.per = world_.window;
    setup.terms.reserved_requests = world_.reserved;
    setup.terms.timeout = world_.timeout;
    setup.times = {world_.lease, world_.under_way};
    setup.fresh_holder = [this] { return "holder" + std::to_string(++tokens_); };
    who->protocol = std::make_unique<heymilo::postgres::QuotaProtocol>(setup);
    holders_.push_back(who);
    tick(who);
  }

  /// Each holder looks at what is to be done every few milliseconds.
  void tick(const Who& who) {
    if (!who->leaving) {
      for (; who->calls + who->interactive + who->bulk < world_.calls;) {
        ++(chance(world_.bulk) ? who->bulk : who->interactive);
      }
    }
    bool taken = true;
    while (taken && !who->leaving && who->interactive + who->bulk > 0) {
      taken = call(who,
                   who->interactive > 0 ? heymilo::Priority::interactive : heymilo::Priority::bulk);
    }
    who->protocol->waiting(who->interactive, who->bulk, clock(who));
    if (who->leaving && who->calls == 0 && who->statement == 0) {
      if (const auto sync = who->protocol->leave(clock(who))) {
        send(who, *sync);
      }
      who->alive = false;
      at(now_ + span(0, 3'000), [this] { start(); });
      return;
    }
    if (who->statement == 0 && who->protocol->nextSync(clock(who)) <= clock(who)) {
      send(who, who->protocol->begin(clock(who)));
    }
    in(who, now_ + span(1, world_.tick_ms), [this, who] { tick(who); });
  }

  bool call(const Who& who, heymilo::Priority priority) {
    heymilo::SlotTurn turn;
    try {
      turn = who->protocol->take({priority, world_.timeout}, clock(who));
    } catch (const heymilo::StoreError&) {
      return false;
    }
    if (!turn.slot) {
      return false;
    }
    --(priority == heymilo::Priority::interactive ? who->interactive : who->bulk);
    ++who->calls;
    // It may be stopped here, for longer than others wait for it.
    in(who, now_ + span(0, chance(world_.connects) ? 400 : 5), [this, who, ticket = *turn.slot] {
      attempt(who, ticket);
    });
    return true;
  }

  void attempt(const Who& who, int ticket) {
    if (!who->protocol->mayStillSend(ticket, clock(who)) && !world_.lease_ignored) {
      who->protocol->release(ticket, heymilo::SlotEnd::unsent, clock(who));
      --who->calls;
      return;
    }
    ++who->sent;
    const bool answered = !chance(world_.unanswered);
    const double timeout_ms = static_cast<double>(world_.timeout.count());
    const Time end = now_ + (answered ? span(1, static_cast<double>(world_.latency.count()))
                                      : span(1, timeout_ms));
    const Time latest = answered ? end : end + world_.under_way;
    const Time arrival = chance(0.3)
                             ? latest
                             : now_ + Time(static_cast<Time::rep>(uniform(
                                          0, static_cast<double>((latest - now_).count()))));
    at(arrival, [this, who] {
      if (who->killed == Time::max() || now_ <= who->killed + Time(world_.under_way)) {
        arrivals_.push_back(
            now_ + Time(static_cast<Time::rep>(static_cast<double>(now_.count()) * api_rate_)));
      }
    });
    in(who, end, [this, who, ticket, answered] {
      const auto how = answered ? heymilo::SlotEnd::answered : heymilo::SlotEnd::unanswered;
      who->protocol->release(
          ticket, world_.no_cooling ? heymilo::SlotEnd::unsent : how, clock(who));
      --who->calls;
    });
  }

  void send(const Who& who, heymilo::postgres::QuotaSync sync) {
    const int number = ++statements_;
    who->statement = number;
    const Time limit = now_ + Time(world_.lease) / 4;
    in(who, limit, [this, who, number] {
      if (who->statement == number) {
        who->statement = 0;
        who->protocol->failed("no response", clock(who));
      }
    });
    if (chance(world_.lost)) {
      return;
    }
    const bool late = chance(world_.late);
    const bool held_by_a_pooler = chance(0.5);
    const Time arrives = now_ + (late ? span(100, world_.latest_ms) : span(0, 20));
    at(arrives, [this, who, number, sync = std::move(sync), held_by_a_pooler, sent_in = restarts_] {
      if (now_ < store_down_until_ || (restarts_ != sent_in && !held_by_a_pooler)) {
        return;
      }
      const QuotaStoreModel::View view = execute(sync);
      if (chance(world_.lost)) {
        return;
      }
      in(who, now_ + span(0, 20), [this, who, number, view] {
        if (who->statement == number) {
          who->statement = 0;
          who->protocol->finished(view, clock(who));
        }
      });
    });
  }

  QuotaStoreModel::View execute(heymilo::postgres::QuotaSync sync) {
    const Time server = now_ + server_step_;
    if (world_.beats_by_server_clock || world_.dead_too_early) {
      for (const auto& [holder, beat] : beats_) {
        const bool dead = server - beat.second > std::chrono::milliseconds(sync.outlast_ms);
        if (holder != sync.holder && (dead || (world_.dead_too_early && chance(0.01)))) {
          sync.unchanged.push_back({holder, beat.first, sync.outlast_ms});
        }
      }
    }
    beats_[sync.holder] = {sync.seq, server};
    return store_.run(sync);
  }

  /// What happens to holders and the store.
  void fate() {
    const double part = 0.05;  // of a second
    for (const Who& who : std::vector<Who>(holders_)) {
      if (!who->alive) {
        continue;
      }
      if (chance(world_.stops * part)) {
        who->stopped_until = now_ + (chance(0.5) ? span(10, 3'000) : span(3'000, 15'000));
      } else if (chance(world_.kills * part)) {
        who->alive = false;
        who->killed = now_;
        at(now_ + span(0, 3'000), [this] { start(); });
      } else if (chance(world_.leaves * part)) {
        who->leaving = true;
      }
    }
    if (chance(0.02)) {
      copies_.push_back(store_);
    }
    if (chance(0.003)) {
      server_step_ += span(-60'000, 60'000);
    }
    const bool restored = chance(world_.restores * part) && !copies_.empty();
    if (restored || chance(world_.restarts * part)) {
      ++restarts_;
      store_down_until_ = now_ + (chance(0.5) ? span(10, 500) : span(500, 8'000));
      if (restored) {
        const auto copy =
            static_cast<std::size_t>(uniform(0, static_cast<double>(copies_.size()) - 0.001));
        store_.restart(copies_[copy]);
      } else {
        store_.restart();
      }
    }
    at(now_ + step(), [this] { fate(); });
  }

  const World world_;
  std::mt19937_64 random_;
  QuotaStoreModel store_;
  std::vector<QuotaStoreModel> copies_;
  std::map<std::string, std::pair<long long, Time>> beats_;
  double api_rate_ = 0;
  Time now_{0};
  Time server_step_{0};
  Time store_down_until_{0};
  int restarts_ = 0;
  int tokens_ = 0;
  int statements_ = 0;
  std::uint64_t number_ = 0;
  std::vector<Who> holders_;
  std::vector<Time> arrivals_;
  std::priority_queue<Event> events_;
};

}  // namespace heymilo_test
