#include "workflows/job/job_simulation.hpp"

#include <algorithm>
#include <utility>

namespace heymilo_test {

JobSimulation::JobSimulation(const JobWorld& world, std::uint64_t seed)
    : world_(world), random_(seed) {
  newJournal();
  api_execution_ = JobWorld::shortTimes();
}

void JobSimulation::run() {
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

void JobSimulation::in(const Who& who, Time time, std::function<void()> what) {
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

JobSimulation::Time JobSimulation::clock(const Who& who) const {
  return who->offset + now_ +
         Time(static_cast<Time::rep>(static_cast<double>(now_.count()) * who->rate));
}

wf::Moment JobSimulation::moment(const Who& who) const {
  wf::Moment moment{clock(who), std::nullopt};
  if (who->api_ahead) {
    moment.api = PostingModel::clock(clock(who) + *who->api_ahead);
  }
  return moment;
}

void JobSimulation::newJournal() {
  trace("a new journal");
  journal_ = std::make_shared<JournalModel>(world_.store);
  if (world_.knows_who_lives) {
    journal_->lives = [this](const std::string& worker) {
      return std::optional(std::any_of(processes_.begin(), processes_.end(), [&](const Who& who) {
        return who->alive && who->current == worker;
      }));
    };
    journal_->alone = [this](const std::string& worker) {
      const auto& workers = journal_->data().workers;
      return std::none_of(processes_.begin(), processes_.end(), [&](const Who& who) {
        const auto row = workers.find(who->current);
        const bool joined =
            row != workers.end() && !row->second.gone && !row->second.begun && who->workers == 1;
        return who->alive && who->workers > 0 && !joined &&
               (who->current != worker || who->workers > 1);
      });
    };
  }
  copies_.clear();
}

std::vector<wf::KeyedRecord> JobSimulation::everybody() const {
  std::vector<wf::KeyedRecord> records;
  for (int key = 0; key < world_.keys; ++key) {
    records.push_back({"key" + std::to_string(key), "v1"});
  }
  return records;
}

void JobSimulation::start(bool last) {
  auto who = std::make_shared<Process>();
  ++runs_;
  who->last = last;
  who->journal = journal_;
  who->offset = span(1'000, 1'000'000);
  who->rate = world_.clock_rate * uniform(-1, 1);
  who->source = everybody();
  if (!last) {
    if (world_.growing) {
      const double part = std::min(1.0,
                                   0.4 + 0.6 * std::chrono::duration<double>(now_) /
                                             std::chrono::duration<double>(world_.chaos));
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
      const auto one = any(who->source.size());
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

void JobSimulation::kill(const Who& who) {
  who->died = who->alive ? now_ : who->died;
  who->alive = false;
}

void JobSimulation::drive(const Who& who) {
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

void JobSimulation::operate(const Who& who, wf::JournalRequest request) {
  if (who->journal != journal_) {
    kill(who);  // its name leads to another file: StoreError
    return;
  }
  if (const auto* join = std::get_if<wf::JournalJoin>(&request)) {
    who->workers += who->current != join->stamp.worker ? 1 : 0;
    who->current = join->stamp.worker;
  }
  const Time patience = milliseconds{600};
  const Time there = now_ + span(0, chance(0.1) ? 12 * world_.store_ms : world_.store_ms);
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
  const Time back = there + span(0, world_.store_ms);
  const bool hopeless = lost || late || silent;
  in(who, hopeless ? now_ + patience : back, [this, who, response, hopeless] {
    if (!hopeless && response->has_value()) {
      who->job->responded(**response, moment(who));
    } else {
      who->job->notResponded(moment(who));
    }
  });
}

void JobSimulation::fate() {
  if (now_ >= world_.chaos) {
    calm();
    return;
  }
  const double step = std::chrono::duration<double>(kStep).count();
  for (const Who& who : processes_) {
    if (who->alive && chance(world_.kills * step)) {
      kill(who);
    }
    if (who->alive && chance(world_.ends * step)) {
      who->ended = true;
      who->job->stop();
      in(who, now_, [] {});
    }
    if (who->alive && chance(world_.sleeps * step)) {
      who->stopped_until = now_ + span(world_.shortest_sleep_ms, world_.longest_sleep_ms);
    }
  }
  if (chance(world_.outages * step)) {
    down_until_ = now_ + span(500, 6'000);
  }
  if (journal_->data().adopted && (copies_.empty() || chance(0.2 * step))) {
    copies_.push_back(journal_->data());
  }
  const auto copy = [this] { return copies_[any(copies_.size())]; };
  if (!copies_.empty() && chance(world_.restores * step)) {
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
  if (!copies_.empty() && now_ >= std::max<Time>(quiet_until_, milliseconds{1'000}) &&
      chance(world_.silent_restores * step)) {
    // Nobody notices, as nobody is there, and all that was under way has arrived.
    for (const Who& who : processes_) {
      kill(who);
    }
    quiet_until_ = now_ + world_.times.outlast() + world_.times.settled(true);
    const auto old = std::make_shared<JournalModel::Data>(copy());
    at(quiet_until_ - milliseconds{1}, [this, old] {
      trace("an old copy, in silence");
      journal_->restore(*old, true);
    });
  }
  if (chance(world_.removals * step) && !posting_.candidates().empty()) {
    const auto index = any(posting_.candidates().size());
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

void JobSimulation::calm() {
  const bool living =
      std::any_of(processes_.begin(), processes_.end(), [](const Who& who) { return who->alive; });
  if (!living && now_ >= quiet_until_) {
    start(true);
    return;
  }
  at(now_ + kStep, [this] { calm(); });
}

void JobSimulation::lastEnded(const Who& who) {
  if (who->done.size() != who->source.size()) {
    wrong_fates_.push_back("records were not reported");
  }
  // A queue may have kept some unresolved: the next ones find out.
  const bool open =
      std::any_of(journal_->data().rows.begin(), journal_->data().rows.end(), [](const auto& row) {
        return row.second.state == wf::KeyState::unresolved;
      });
  if (world_.async && open && ++more_ < 6) {
    ++world_.keys;  // with something new, which shows how far the queue is
    at(now_ + milliseconds{5'000}, [this] { start(true); });
    return;
  }
  at(now_ + milliseconds{30'000}, [this] { finished_ = true; });
}

}  // namespace heymilo_test
