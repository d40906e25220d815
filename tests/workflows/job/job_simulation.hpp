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
#include <string>
#include <utility>
#include <vector>

#include "workflows/job/job.hpp"
#include "workflows/job/job_world.hpp"
#include "workflows/job/journal_model.hpp"
#include "workflows/job/posting_model.hpp"

namespace heymilo_test {

/// Workers on one posting, their journal and the API, all in one thread and in simulated time,
/// which a seed decides: what happens when, what is lost, who is stopped or killed. First
/// everything goes wrong for a while; then nothing does any more, and what is left has to be
/// finished.
class JobSimulation {
 public:
  using Time = std::chrono::nanoseconds;
  using milliseconds = std::chrono::milliseconds;

  JobSimulation(const JobWorld& world, std::uint64_t seed);

  void run();

  bool finished() const { return finished_; }
  const PostingModel& posting() const { return posting_; }
  const JournalModel& journal() const { return *journal_; }
  int claims() const { return claims_; }
  std::size_t requests() const { return requests_; }
  std::size_t pages() const { return pages_; }
  int runs() const { return runs_; }
  /// Empty: all is as it has to be. `unresolved` ones are allowed where the API has a queue.
  std::string complaint() const;

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
    int workers = 0;      // that it has been
    std::set<wf::RecordId> done;
    Time offset{0};
    double rate = 0;
    std::optional<Time> api_ahead;
    bool alive = true;
    Time died{std::chrono::hours{1}};
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
  /// One of so many, from 0.
  std::size_t any(std::size_t many) {
    return std::uniform_int_distribution<std::size_t>(0, many - 1)(random_);
  }
  bool faulty(double probability) { return now_ < world_.chaos && chance(probability); }
  static Time exactly(double ms) { return Time(static_cast<Time::rep>(ms * 1e6)); }
  Time span(double least_ms, double most_ms) { return exactly(uniform(least_ms, most_ms)); }
  void at(Time time, std::function<void()> what) {
    events_.push({std::max(time, now_), ++number_, std::move(what)});
  }
  /// What a process does, which waits as long as it is stopped, and ends with it.
  void in(const Who& who, Time time, std::function<void()> what);
  Time clock(const Who& who) const;
  wf::Moment moment(const Who& who) const;
  milliseconds skew();
  /// A response with a Date, made at `made`.
  void hear(const Who& who, Time made);

  void newJournal();

  std::vector<wf::KeyedRecord> everybody() const;

  void start(bool last = false);

  void kill(const Who& who);

  /// What a worker's owner does after each event: whatever the job asks for.
  void drive(const Who& who);

  void trace(const Who& who, const std::string& what) const;
  void trace(const std::string& what) const;
  void trace(const wf::JournalRequest& request, const wf::JournalResponse& response) const;
  static std::string keysOf(const wf::Sending& sending);

  // The journal.

  void operate(const Who& who, wf::JournalRequest request);

  // The list.

  void list(const Who& who, const wf::Listing& listing);

  // Requests.

  /// The request waits for its turn and is connected; then the lease is checked, and it is sent.
  void send(const Who& who, wf::Sending sending);

  static wf::SentRecord result(wf::RecordId record, wf::KeyState state);

  void transfer(const Who& who, const wf::Sending& sending);
  double under_way() const { return static_cast<double>(api_execution_.under_way.count()) * 0.95; }

  void execute(const Who& who, const wf::Sending& sending, bool partly,
               std::vector<wf::SentRecord>& results);
  Time lateness() { return span(1, now_ < world_.chaos ? world_.queue_late_ms : 300); }

  void note(const Who& who, const wf::RecordFate& fate);

  // Fate.

  void fate();

  /// Nothing goes wrong any more: those that live come to their end, then a last one.
  void calm();

  void lastEnded(const Who& who);

  JobWorld world_;
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
