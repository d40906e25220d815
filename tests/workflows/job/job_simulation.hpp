#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "workflows/job/job.hpp"
#include "workflows/job/journal_model.hpp"
#include "workflows/job/posting_model.hpp"

namespace heymilo_test {

/// Workers on one posting, their journal and the API, all in one thread and in simulated time, which
/// a seed decides: what happens when, what is lost, who is stopped or killed. First everything goes
/// wrong for a while; then nothing does any more, and what is left has to be finished.
class JobSimulation {
 public:
  using Time = std::chrono::nanoseconds;
  using milliseconds = std::chrono::milliseconds;

  struct World {
    int keys = 30;
    int workers = 3;
    std::size_t chunk = 3, concurrency = 2, batch = 8;
    milliseconds chaos{40'000};
    milliseconds limit{400'000};  // in which all must be done after that
    bool knows_who_lives = false;  // the store, by a lock of the kernel
    bool async = false;
    bool new_posting = false;
    wf::JobTimes times = shortTimes();

    // Of each request: lost before, in and after its execution; how often it is executed as late as
    // the API may.
    double lost_before = 0.08, lost_in = 0.08, lost_after = 0.08, late = 0.2;
    double queue_late_ms = 500;  // async: how long the queue may take
    double list_fails = 0.03;
    bool newest_first = true;
    double page_size = 4;
    // Of each operation: it never arrives, its response does not, it is carried out after it was
    // given up.
    double store_lost = 0.03, store_silent = 0.03, store_late = 0.03;
    // How many a second: of each worker, then of the store.
    double kills = 0.12, sleeps = 0.12, ends = 0.03;  // of a process; `ends`: in good order
    double outages = 0.02, restores = 0, empties = 0, replacements = 0, silent_restores = 0;
    double removals = 0;           // of candidates
    double longest_sleep_ms = 15'000;
    milliseconds skew{2'000};      // of the API's machines, at most
    milliseconds date_ahead{0};    // of created_at
    bool no_dates = false;
    double clock_rate = 0.0004;
    bool growing = true, shuffled = true, repeating = true;

    std::function<void(const std::string&)> trace{};  // is told what happens to keys

    // Mistakes that must be found.
    bool lease_ignored = false;        // before the first byte
    bool lists_from_later = false;     // than it was asked for
    bool first_page_only = false;
    bool doubts_are_unsent = false;    // a request without a response
    JournalModel::Broken store{};

    static wf::JobTimes shortTimes() {
      wf::JobTimes times;
      times.lease = milliseconds{1'500};
      times.attempt = milliseconds{2'000};
      times.under_way = milliseconds{300};
      times.settling = milliseconds{3'000};
      times.margin = milliseconds{10'000};
      times.poll = milliseconds{300};
      times.linger = milliseconds{5};
      return times;
    }
  };

  JobSimulation(const World& world, std::uint64_t seed) : world_(world), random_(seed) {
    newJournal();
    api_execution_ = World::shortTimes();
  }

  void run() {
    for (int i = 0; i < world_.workers; ++i) {
      at(span(0, i == 0 ? 1 : 800), [this] { start(); });
    }
    at(kStep, [this] { fate(); });
    while (!events_.empty() && !finished_ && now_ < world_.chaos + world_.limit) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      event.what();
    }
  }

  bool finished() const { return finished_; }
  const PostingModel& posting() const { return posting_; }
  const JournalModel& journal() const { return *journal_; }
  int claims() const { return claims_; }
  std::size_t requests() const { return requests_; }
  std::size_t pages() const { return pages_; }
  int runs() const { return runs_; }
  /// Empty: all is as it has to be. `unresolved` ones are allowed where the API has a queue.
  std::string complaint() const {
    std::ostringstream text;
    if (posting_.twice()) {
      text << "a key is in the posting twice: " << posting_.twiceKeys().front() << "; ";
    }
    if (!finished_) {
      text << "it has not come to an end; ";
      return text.str();
    }
    for (const wf::KeyedRecord& record : everybody()) {
      const int times = posting_.created(record.key);
      const auto row = journal_->data().rows.find(record.key);
      const bool there = row != journal_->data().rows.end();
      const wf::KeyState state = there ? row->second.state : wf::KeyState::unsent;
      const bool good = state == wf::KeyState::ingested || state == wf::KeyState::queued;
      if (times != 1 || !good) {
        text << record.key << " is there " << times << " times, and " << wf::toString(state)
             << "; ";
      }
    }
    for (const auto& [key, row] : journal_->data().rows) {
      if (row.state == wf::KeyState::in_flight || row.state == wf::KeyState::in_doubt) {
        text << key << " is " << wf::toString(row.state) << " at the end; ";
      }
    }
    for (const std::string& fate : wrong_fates_) {
      text << fate << "; ";
    }
    return text.str();
  }

 private:
  static constexpr Time kStep = milliseconds{50};

  struct Event {
    Time at;
    std::uint64_t number;
    std::function<void()> what;
    bool operator<(const Event& other) const {  // the first one on top
      return at != other.at ? at > other.at : number > other.number;
    }
  };

  /// A worker's process.
  struct Process {
    std::unique_ptr<wf::Job> job;
    std::shared_ptr<JournalModel> journal;
    std::vector<wf::KeyedRecord> source;
    std::size_t read = 0;
    std::set<std::string> seen;
    std::string current;  // its name
    std::set<wf::RecordId> done;
    Time offset{0};
    double rate = 0;
    std::optional<Time> api_ahead;
    bool alive = true;
    bool last = false;
    bool ended = false;  // in good order
    Time stopped_until{0};
    Time wakes{Time::max()};
    Time next_read{0};
    std::optional<std::size_t> list_position;
  };
  using Who = std::shared_ptr<Process>;

  double uniform(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(random_);
  }
  bool chance(double probability) { return probability > 0 && uniform(0, 1) < probability; }
  bool faulty(double probability) { return now_ < world_.chaos && chance(probability); }
  static Time exactly(double ms) { return Time(static_cast<Time::rep>(ms * 1e6)); }
  Time span(double least_ms, double most_ms) { return exactly(uniform(least_ms, most_ms)); }
  void at(Time time, std::function<void()> what) {
    events_.push({std::max(time, now_), ++number_, std::move(what)});
  }
  /// What a process does, which waits as long as it is stopped, and ends with it.
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
      drive(who);
    });
  }
  Time clock(const Who& who) const {
    return who->offset + now_ +
           Time(static_cast<Time::rep>(static_cast<double>(now_.count()) * who->rate));
  }
  wf::Moment moment(const Who& who) const {
    wf::Moment moment{clock(who), std::nullopt};
    if (who->api_ahead) {
      moment.api = PostingModel::clock(clock(who) + *who->api_ahead);
    }
    return moment;
  }
  milliseconds skew() {
    const auto most = static_cast<double>(world_.skew.count());
    return milliseconds{static_cast<milliseconds::rep>(uniform(-most, most) / 2)};
  }
  /// A response with a Date, made at `made`.
  void hear(const Who& who, Time made) {
    if (world_.no_dates) {
      return;
    }
    const Time date = std::chrono::floor<std::chrono::seconds>(made + skew() + world_.date_ahead);
    const Time ahead = date - clock(who);
    who->api_ahead = std::min(who->api_ahead.value_or(ahead), ahead);
  }

  void newJournal() {
    trace("a new journal");
    journal_ = std::make_shared<JournalModel>(world_.store);
    if (world_.knows_who_lives) {
      journal_->lives = [this](const std::string& worker) {
        return std::optional(std::any_of(processes_.begin(), processes_.end(), [&](const Who& who) {
          return who->alive &&
                 who->current == worker;
        }));
      };
    }
    copies_.clear();
  }

  std::vector<wf::KeyedRecord> everybody() const {
    std::vector<wf::KeyedRecord> records;
    for (int key = 0; key < world_.keys; ++key) {
      records.push_back({"key" + std::to_string(key), "v1"});
    }
    return records;
  }

  void start(bool last = false) {
    auto who = std::make_shared<Process>();
    ++runs_;
    who->last = last;
    who->journal = journal_;
    who->offset = span(1'000, 1'000'000);
    who->rate = world_.clock_rate * uniform(-1, 1);
    who->source = everybody();
    if (!last) {
      if (world_.growing) {
        const double part = std::min(1.0, 0.4 + 0.6 * now_.count() / Time(world_.chaos).count());
        who->source.resize(static_cast<std::size_t>(part * world_.keys));
      }
      for (wf::KeyedRecord& record : who->source) {
        if (chance(0.05)) {
          record.digest = "bad";  // the API rejects it; later it is corrected
        } else if (chance(0.05)) {
          record.digest = "v2";
        }
      }
    }
    if (world_.repeating) {
      for (int i = 0; i < 3; ++i) {
        const auto one = static_cast<std::size_t>(uniform(0, 0.99) * who->source.size());
        who->source.push_back({who->source[one].key, chance(0.5) ? "v1" : "v3"});
      }
    }
    if (world_.shuffled && !last) {
      std::shuffle(who->source.begin(), who->source.end(), random_);
    }
    wf::Job::Setup setup;
    setup.posting = {"posting", "https://api", "id", 1};
    setup.times = world_.times;
    setup.limits = {world_.chunk, world_.concurrency, world_.batch, 20, world_.async};
    setup.new_posting = world_.new_posting;
    Process* const process = who.get();
    setup.fresh_id = [this] { return "id" + std::to_string(++ids_); };
    setup.first_time = [process](const std::string& key) { return process->seen.insert(key).second; };
    who->job = std::make_unique<wf::Job>(std::move(setup));
    processes_.push_back(who);
    in(who, now_, [] {});
  }

  /// What a worker's owner does after each event: whatever the job asks for.
  void drive(const Who& who) {
    wf::Job& job = *who->job;
    while (who->alive && job.wantsRecord() && now_ >= who->next_read) {
      if (who->read == who->source.size()) {
        job.sourceEnded();
        break;
      }
      job.read(who->read, who->source[who->read], moment(who));
      ++who->read;
      who->next_read = chance(0.3) ? now_ + span(0, 1'000) : now_;
    }
    if (auto request = job.store(moment(who))) {
      operate(who, std::move(*request));
    }
    if (const auto listing = job.list(moment(who))) {
      list(who, *listing);
    }
    while (auto sending = job.send(moment(who))) {
      send(who, std::move(*sending));
    }
    for (const wf::RecordFate& fate : job.fates()) {
      note(who, fate);
    }
    if (job.over()) {
      who->alive = false;
      if (who->last) {
        lastEnded(who);
      }
      return;
    }
    const Time wake = std::max(now_ + milliseconds{1},
                               std::min(now_ + (job.wakeAt(moment(who)) - clock(who)),
                                        job.wantsRecord() ? who->next_read : Time::max()));
    if (wake < who->wakes || who->wakes <= now_) {
      who->wakes = wake;
      in(who, wake, [] {});
    }
  }

  void trace(const Who& who, const std::string& what) const {
    if (world_.trace) {
      std::ostringstream text;
      text << std::chrono::duration<double>(now_).count() << ' ' << who->current << ": " << what;
      world_.trace(text.str());
    }
  }
  void trace(const std::string& what) const {
    if (world_.trace) {
      world_.trace(std::to_string(std::chrono::duration<double>(now_).count()) + ' ' + what);
    }
  }
  void trace(const wf::JournalRequest& request, const wf::JournalResponse& response) const {
    if (!world_.trace) {
      return;
    }
    std::ostringstream text;
    text << std::chrono::duration<double>(now_).count();
    if (const auto* claim = std::get_if<wf::JournalClaim>(&request)) {
      text << ' ' << claim->stamp.worker << " claims by " << claim->token << ':';
      const auto& answers = std::get<wf::JournalClaimed>(response).answers;
      for (std::size_t i = 0; i < answers.size(); ++i) {
        text << ' ' << claim->records[i].key << '=' << static_cast<int>(answers[i].verdict);
      }
    } else if (const auto* settle = std::get_if<wf::JournalSettle>(&request)) {
      text << ' ' << settle->stamp.worker << " settles:";
      for (const wf::KeyResult& result : settle->results) {
        text << ' ' << result.key << '/' << result.claim << '=' << wf::toString(result.state);
      }
    } else if (const auto* release = std::get_if<wf::JournalRelease>(&request)) {
      text << ' ' << release->stamp.worker << " releases " << release->adoption << ':';
      for (const wf::KeyInDoubt& free : release->free) {
        text << ' ' << free.key << '/' << free.claim;
      }
    } else if (const auto* search = std::get_if<wf::JournalSearch>(&request)) {
      text << ' ' << search->stamp.worker << " searches:";
      for (const wf::KeyInDoubt& doubt : std::get<wf::JournalDoubts>(response).doubts) {
        text << ' ' << doubt.key << '/' << doubt.claim;
      }
    } else if (const auto* shown = std::get_if<wf::JournalShown>(&request)) {
      text << ' ' << shown->stamp.worker << " has seen:";
      for (const wf::ShownKey& key : shown->shown) {
        text << ' ' << key.key;
      }
    } else if (const auto* beat = std::get_if<wf::JournalBeat>(&request)) {
      if (beat->dead.empty()) {
        return;
      }
      text << ' ' << beat->stamp.worker << " buries:";
      for (const wf::UnchangedWorker& dead : beat->dead) {
        text << ' ' << dead.worker;
      }
    } else {
      return;
    }
    world_.trace(text.str());
  }
  static std::string keysOf(const wf::Sending& sending) {
    std::string keys;
    for (const auto& part : sending.parts) {
      keys += ' ' + part.key;
    }
    return keys;
  }

  // The journal.

  void operate(const Who& who, wf::JournalRequest request) {
    if (who->journal != journal_) {
      who->alive = false;  // its name leads to another file: StoreError
      return;
    }
    if (const auto* join = std::get_if<wf::JournalJoin>(&request)) {
      who->current = join->stamp.worker;
    }
    const Time patience = milliseconds{600};
    const Time there = now_ + (chance(0.1) ? span(0, 100) : span(0, 8));
    auto response = std::make_shared<std::optional<wf::JournalResponse>>();
    const bool lost = faulty(world_.store_lost) || now_ < down_until_;
    const bool silent = faulty(world_.store_silent);
    const bool late = faulty(world_.store_late);
    const std::shared_ptr<JournalModel> journal = who->journal;
    if (!lost) {
      at(late ? now_ + patience + span(0, 6'000) : there, [this, journal, request, response] {
        if (now_ >= down_until_) {
          *response = wf::perform(*journal, request);
          trace(request, **response);
          claims_ += std::holds_alternative<wf::JournalClaim>(request) ? 1 : 0;
        }
      });
    }
    const Time back = there + span(0, 8);
    const bool hopeless = lost || late || silent;
    in(who, hopeless ? now_ + patience : back, [this, who, response, hopeless] {
      if (!hopeless && response->has_value()) {
        who->job->responded(**response, moment(who));
      } else {
        who->job->notResponded(moment(who));
      }
    });
  }

  // The list.

  void list(const Who& who, const wf::Listing& listing) {
    const Time there = now_ + span(1, 60);
    auto page = std::make_shared<std::optional<wf::ListedPage>>();
    auto made = std::make_shared<Time>();
    if (!faulty(world_.list_fails)) {
      at(there, [this, who, listing, page, made] {
        if (listing.first) {
          who->list_position.reset();
        }
        std::optional<heymilo::Timestamp> from = listing.created_after;
        if (from && world_.lists_from_later) {
          from = *from + world_.times.margin * 2;
        }
        std::optional<std::size_t> position = who->list_position;
        *page = posting_.page(from,
                              listing.probe ? 1 : static_cast<std::size_t>(world_.page_size),
                              position,
                              world_.newest_first);
        (*page)->last = (*page)->last || world_.first_page_only;
        who->list_position = position;
        *made = now_;
        ++pages_;
      });
    }
    in(who, there + span(1, 60), [this, who, page, made] {
      if (page->has_value()) {
        hear(who, *made);
        who->job->paged(std::move(**page), moment(who));
      } else {
        who->job->notPaged();
      }
    });
  }

  // Requests.

  /// The request waits for its turn and is connected; then the lease is checked, and it is sent.
  void send(const Who& who, wf::Sending sending) {
    in(who, now_ + (chance(0.2) ? span(0, 2'500) : span(0, 50)), [this, who, sending] {
      const bool in_place = who->journal == journal_;
      if (!in_place || !(who->job->maySend(sending.worker, clock(who)) || world_.lease_ignored)) {
        std::vector<wf::SentRecord> unsent;
        for (const auto& part : sending.parts) {
          unsent.push_back(result(part.record, wf::KeyState::unsent));
        }
        who->job->sent(sending.number, unsent, moment(who));
        who->alive = who->alive && in_place;
        return;
      }
      transfer(who, sending);
    });
  }

  static wf::SentRecord result(wf::RecordId record, wf::KeyState state) {
    wf::SentRecord sent;
    sent.record = record;
    sent.state = state;
    return sent;
  }

  void transfer(const Who& who, const wf::Sending& sending) {
    ++requests_;
    trace(who, "sends" + keysOf(sending));
    // The attempt ends at `end` at the latest, by a clock that may be slow. Of one that has ended
    // without a response, the last byte arrives until U after that, and is executed until the
    // settling time after.
    const wf::JobTimes& times = api_execution_;
    const auto attempt = static_cast<double>(times.attempt.count());
    const Time end = now_ + exactly(attempt * 0.999);
    const bool before = faulty(world_.lost_before);
    const bool partly = faulty(world_.lost_in);
    const bool after = faulty(world_.lost_after);
    const bool lost = before || partly || after;
    const Time given_up = chance(world_.late) ? end : now_ + span(100, attempt * 0.99);
    const Time arrives =
        lost && chance(world_.late) ? given_up + span(0, under_way()) : now_ + span(1, 90);
    const Time executed = lost && chance(world_.late)
                              ? arrives + Time(times.settling) - span(0, 50)
                              : arrives + span(1, chance(0.1) ? 1'000 : 60);
    auto results = std::make_shared<std::vector<wf::SentRecord>>();
    auto made = std::make_shared<Time>(executed);
    if (!before) {
      at(executed, [this, who, sending, partly, results] {
        execute(who, sending, partly, *results);
      });
    }
    const Time back = lost ? given_up : executed + span(1, 60);
    in(who, lost ? back : std::min(back, end), [this, who, sending, results, made, lost, back, end] {
      std::vector<wf::SentRecord> ended = *results;
      if (lost || back > end) {
        ended.clear();
        for (const auto& part : sending.parts) {
          ended.push_back(result(part.record,
                                 world_.doubts_are_unsent ? wf::KeyState::unsent
                                                          : wf::KeyState::in_doubt));
          ended.back().failed = chance(0.3);
        }
      } else {
        hear(who, *made);
      }
      who->job->sent(sending.number, ended, moment(who));
    });
  }
  double under_way() const { return static_cast<double>(api_execution_.under_way.count()) * 0.95; }

  void execute(const Who& who, const wf::Sending& sending, bool partly,
               std::vector<wf::SentRecord>& results) {
    const milliseconds off = skew();
    trace(who, "is executed:" + keysOf(sending));
    for (const auto& part : sending.parts) {
      const std::string& digest = who->source[part.record].digest;
      results.push_back(result(part.record, wf::KeyState::ingested));
      wf::SentRecord& one = results.back();
      if (digest == "bad") {
        one.state = wf::KeyState::rejected;
        one.error_code = "invalid";
        continue;
      }
      if (partly && chance(0.5)) {
        continue;
      }
      if (world_.async) {
        one.state = wf::KeyState::queued;
        one.ingestion_id = "ingestion";
        queue_end_ = std::max(queue_end_, now_ + lateness()) + milliseconds{1};
        at(queue_end_, [this, key = part.key, off] { posting_.create(key, now_, off); });
        continue;
      }
      const PostingModel::Candidate& candidate = posting_.create(part.key, now_, off);
      one.interview_id = candidate.interview_id;
      one.interview_url = "https://";
    }
  }
  Time lateness() { return span(1, now_ < world_.chaos ? world_.queue_late_ms : 300); }

  void note(const Who& who, const wf::RecordFate& fate) {
    const wf::KeyedRecord& record = who->source[fate.record];
    const auto wrong = [&](const std::string& what) {
      wrong_fates_.push_back(record.key + " was " + what);
    };
    if (!who->done.insert(fate.record).second) {
      wrong("reported twice");
    }
    using What = wf::RecordFate::What;
    const int there = posting_.created(record.key);
    if ((fate.what == What::ingested || (fate.what == What::known && !world_.async)) && there == 0) {
      wrong("reported as ingested, and is not there");
    }
    if (fate.what == What::unsent && !who->ended) {
      wrong("given up");
    }
  }

  // Fate.

  void fate() {
    if (now_ >= world_.chaos) {
      calm();
      return;
    }
    const double step = std::chrono::duration<double>(kStep).count();
    for (const Who& who : processes_) {
      if (who->alive && chance(world_.kills * step)) {
        who->alive = false;
      }
      if (who->alive && chance(world_.ends * step)) {
        who->ended = true;
        who->job->stop();
        in(who, now_, [] {});
      }
      if (who->alive && chance(world_.sleeps * step)) {
        who->stopped_until = now_ + span(100, world_.longest_sleep_ms);
      }
    }
    if (chance(world_.outages * step)) {
      down_until_ = now_ + span(500, 6'000);
    }
    if (copies_.empty() || chance(0.2 * step)) {
      copies_.push_back(journal_->data());
    }
    const auto copy = [this] {
      return copies_[static_cast<std::size_t>(uniform(0, 0.999) * copies_.size())];
    };
    if (chance(world_.restores * step)) {
      trace("an old copy");
      journal_->restore(copy());
    }
    if (chance(world_.empties * step)) {
      trace("an empty journal");
      journal_->restore({});
    }
    if (chance(world_.replacements * step)) {
      newJournal();
    }
    if (now_ >= quiet_until_ && chance(world_.silent_restores * step)) {
      // Nobody notices, as nobody is there, and all that was under way has arrived.
      for (const Who& who : processes_) {
        who->alive = false;
      }
      quiet_until_ = now_ + world_.times.outlast() + world_.times.settled(true);
      const auto old = std::make_shared<JournalModel::Data>(copy());
      at(quiet_until_ - milliseconds{1}, [this, old] { journal_->restore(*old, true); });
    }
    if (chance(world_.removals * step) && !posting_.candidates().empty()) {
      const auto index = static_cast<std::size_t>(uniform(0, 0.999) * posting_.candidates().size());
      const auto row = journal_->data().rows.find(posting_.candidates()[index].key);
      if (row != journal_->data().rows.end() && row->second.state == wf::KeyState::ingested) {
        posting_.remove(index);
      }
    }
    const auto living = std::count_if(
        processes_.begin(), processes_.end(), [](const Who& who) { return who->alive; });
    if (living < world_.workers && now_ >= quiet_until_ && chance(0.1)) {
      start();
    }
    at(now_ + kStep, [this] { fate(); });
  }

  /// Nothing goes wrong any more: those that live come to their end, then a last one.
  void calm() {
    const bool living = std::any_of(
        processes_.begin(), processes_.end(), [](const Who& who) { return who->alive; });
    if (!living && now_ >= quiet_until_) {
      start(true);
      return;
    }
    at(now_ + kStep, [this] { calm(); });
  }

  void lastEnded(const Who& who) {
    if (who->done.size() != who->source.size()) {
      wrong_fates_.push_back("records were not reported");
    }
    // A queue may have kept some unresolved: the next ones find out.
    const bool open = std::any_of(
        journal_->data().rows.begin(), journal_->data().rows.end(), [](const auto& row) {
          return row.second.state == wf::KeyState::unresolved;
        });
    if (world_.async && open && ++more_ < 6) {
      ++world_.keys;  // with something new, which shows how far the queue is
      at(now_ + milliseconds{5'000}, [this] { start(true); });
      return;
    }
    at(now_ + milliseconds{30'000}, [this] { finished_ = true; });
  }

  World world_;
  wf::JobTimes api_execution_;  // the API's and the network's: not what the workers think
  std::mt19937_64 random_;
  std::priority_queue<Event> events_;
  std::uint64_t number_ = 0;
  Time now_{0};
  bool finished_ = false;
  int more_ = 0;
  std::shared_ptr<JournalModel> journal_;
  std::vector<JournalModel::Data> copies_;
  PostingModel posting_;
  std::vector<Who> processes_;
  Time down_until_{0};
  Time quiet_until_{0};
  Time queue_end_{0};
  int ids_ = 0;
  int runs_ = 0;
  int claims_ = 0;
  std::size_t requests_ = 0;
  std::size_t pages_ = 0;
  std::vector<std::string> wrong_fates_;
};

}  // namespace heymilo_test
