#include "workflows/outbox/outbox_run.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "workflows/outbox/outbox_record.hpp"

namespace heymilo::workflows {

namespace {

constexpr std::size_t kRowsRead = 200;    // rows read at once
constexpr std::size_t kMostRows = 5'000;  // of a run: what is committed late waits for the next one
constexpr std::size_t kRowsSettled = 100;  // rows settled at once
// Each run begins with a list, so that one goes on for a while when there are no more rows.
constexpr std::chrono::seconds kLinger{15};
// What takes longer to be settled is in doubt: nothing is read after it in this run.
constexpr std::chrono::seconds kSettling{2};

/// BulkIngestOptions::key for a journal's key_name.
std::string ruleFor(const std::string& key_name, const std::string& name) {
  constexpr std::string_view kByName = "key:";
  if (key_name.empty()) {
    return name;
  }
  if (key_name.rfind(kByName, 0) == 0) {
    return key_name.substr(kByName.size());
  }
  return key_name == "content" ? std::string() : key_name;
}

}  // namespace

OutboxRun::OutboxRun(const Client& client, Outbox& outbox, const OutboxPosting& posting,
                     const OutboxOptions& options, CancellationToken stop, const Tell& tell,
                     const std::atomic<bool>& hurry)
    : client_(client),
      outbox_(outbox),
      posting_(posting),
      options_(options),
      stop_(std::move(stop)),
      tell_(tell),
      hurry_(hurry),
      on_stop_(stop_, [this] {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
      }) {}

void OutboxRun::run(const std::shared_ptr<Journal>& journal) {
  BulkIngestOptions options;
  options.store = journal;
  options.key = ruleFor(posting_.key_name, options_.key);
  options.new_posting = options_.new_posting;
  options.chunk = options_.chunk;
  options.concurrency = options_.concurrency;
  options.settling_time = options_.settling_time;
  options.clock_margin = options_.clock_margin;
  options.patience = options_.patience;
  options.stop = stop_;
  options.on_record = [this](const RecordReport& report) { note(report); };
  // It comes after the records that are known by then, also in the end.
  options.on_progress = [this](const BulkProgress&) { flush(); };
  bulkIngest(
      client_, posting_.posting_id, [this] { return next(); }, options);
}

std::size_t OutboxRun::read() const {
  const std::lock_guard lock(mutex_);
  return ids_.size();
}

std::size_t OutboxRun::settled() const {
  const std::lock_guard lock(mutex_);
  return settled_;
}

std::optional<BulkRecord> OutboxRun::next() {
  if (stop_.cancelled() || (at_ == page_.size() && !readPage())) {
    return std::nullopt;
  }
  const OutboxRow& row = page_[at_];
  if (!keys_.insert(row.key).second) {
    return std::nullopt;  // rejected, and enqueued again meanwhile: for the next run
  }
  ++at_;
  after_ = row.id;
  BulkRecord record = recordOf(row);
  const std::lock_guard lock(mutex_);
  ids_.push_back(row.id);
  return record;
}

/// False where there are no more rows for this run. With one request at a time, the rows of the
/// last page are settled before the next is read, so that nothing is sent while what was inserted
/// before is in doubt.
bool OutboxRun::readPage() {
  using Clock = std::chrono::steady_clock;
  const bool in_order = options_.concurrency == 1;
  const std::size_t most = in_order ? options_.chunk : kRowsRead;
  if (keys_.size() >= kMostRows || (in_order && !waitUntilSettled())) {
    return false;
  }
  at_ = 0;
  page_ = outbox_.pending(posting_.posting_id, after_, most);
  for (const Clock::time_point end = Clock::now() + kLinger; page_.empty();) {
    if (options_.once || hurry_ || keys_.empty() || Clock::now() > end || !waitUntilSettled()) {
      return false;
    }
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, options_.poll, [this] { return stop_.cancelled(); })) {
      return false;
    }
    lock.unlock();
    page_ = outbox_.pending(posting_.posting_id, 0, most);
  }
  return true;
}

/// False where that takes long, or never happens, as the run has failed.
bool OutboxRun::waitUntilSettled() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(
      lock, kSettling, [this] { return settled_ == ids_.size() || stop_.cancelled(); });
  return settled_ == ids_.size() && !stop_.cancelled();
}

void OutboxRun::note(const RecordReport& report) {
  OutboxOutcome outcome;
  {
    const std::lock_guard lock(mutex_);
    outcome.id = ids_.at(static_cast<std::size_t>(report.index));
  }
  outcome.interview_id = report.interview_id.value_or("");
  switch (report.state) {
    case RecordState::ingested:
    case RecordState::queued:
      outcome.state =
          report.state == RecordState::queued ? OutboxState::queued : OutboxState::ingested;
      ++noted_.delivered;
      noted_.known += report.known ? 1U : 0U;
      break;
    case RecordState::rejected:
      outcome.state = OutboxState::rejected;
      outcome.error = report.error;
      ++noted_.rejected;
      ++codes_[report.error ? report.error->code : std::string()];
      break;
    case RecordState::changed:
      outcome.state = OutboxState::changed;
      ++noted_.changed;
      break;
    case RecordState::unsent:
    case RecordState::unresolved:
    case RecordState::duplicate:
      return;  // it goes on waiting
  }
  outcomes_.push_back(std::move(outcome));
  if (outcomes_.size() >= kRowsSettled) {
    flush();
  }
}

/// Killed before this, the next run finds the rows known to the journal.
void OutboxRun::flush() {
  if (outcomes_.empty()) {
    return;
  }
  outbox_.settle(outcomes_);
  {
    const std::lock_guard lock(mutex_);
    settled_ += outcomes_.size();
    changed_.notify_all();
  }
  outcomes_.clear();
  const OutboxResult now = std::exchange(noted_, {});
  counts_.delivered += now.delivered;
  counts_.known += now.known;
  counts_.rejected += now.rejected;
  counts_.changed += now.changed;
  if (now.delivered > 0) {
    OutboxEvent event;
    event.kind = OutboxEvent::Kind::delivered;
    event.posting_id = posting_.posting_id;
    event.count = now.delivered;
    event.known = now.known;
    tell_(event);
  }
  for (const auto& [code, count] : std::exchange(codes_, {})) {
    tellOf(OutboxEvent::Kind::rejected, count, code);
  }
  tellOf(OutboxEvent::Kind::changed, now.changed);
}

void OutboxRun::tellOf(OutboxEvent::Kind kind, std::uint64_t count, const std::string& code) {
  if (count == 0) {
    return;
  }
  OutboxEvent event;
  event.kind = kind;
  event.posting_id = posting_.posting_id;
  event.count = count;
  event.code = code;
  tell_(event);
}

}  // namespace heymilo::workflows
