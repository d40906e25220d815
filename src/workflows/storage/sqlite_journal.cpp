#include "workflows/storage/sqlite_journal.hpp"

#include <algorithm>
#include <utility>

#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

std::shared_ptr<Journal> sqliteJournal(const std::string& file) {
  return std::make_shared<SqliteJournal>(file);
}

SqliteJournal::SqliteJournal(const std::string& file)
    : database_(std::make_unique<JournalDatabase>(file)),
      presence_(database_->runFile().path()),
      members_(*database_),
      records_(*database_) {}

SqliteJournal::~SqliteJournal() {
  if (!database_->isOurs()) {
    // What SQLite would do in closing it is for the parent alone.
    static_cast<void>(database_.release());
  }
}

long long SqliteJournal::least(const JournalStamp& stamp) const {
  const auto own = own_.find(stamp.worker);
  const bool unwritten = own != own_.end() && stamp.answered > own->second.written &&
                         stamp.answered <= own->second.unwritten;
  return unwritten ? own->second.written : stamp.answered;
}

bool SqliteJournal::isStale(const JournalStamp& stamp, const StoredWorker& worker) const {
  const auto own = own_.find(stamp.worker);
  return stamp.number <= worker.number ||
         (own != own_.end() && stamp.number <= own->second.unwritten);
}

SqliteJournal::Operation::Operation(SqliteJournal& journal, const JournalStamp& stamp)
    : journal_(journal), stamp_(stamp), writing_(*journal.database_), outcome_(check()) {}

JournalOutcome SqliteJournal::Operation::check() {
  JournalMembers& members = journal_.members_;
  if (!writing_.same()) {
    journal_.unadoptAll();
  }
  const std::optional<StoredWorker> worker = members.worker(stamp_.worker);
  std::optional<StoredPosting> posting = worker ? members.posting(worker->posting) : std::nullopt;
  if (!posting) {
    posting =
        journal_.joined_ ? members.posting(journal_.joined_->posting_id) : members.onlyPosting();
  }
  if (!posting && journal_.joined_) {
    posting = members.add(*journal_.joined_);
  }
  if (!posting) {
    throw StoreError(journal_.database_->file() +
                     " is not the journal that this worker has joined");
  }
  posting_ = std::move(*posting);
  if (!writing_.same()) {
    return JournalOutcome::restored;
  }
  if (!worker || worker->number < journal_.least(stamp_)) {
    journal_.unadopt(posting_);
    return JournalOutcome::restored;
  }
  if (worker->gone) {
    return JournalOutcome::gone;
  }
  return journal_.isStale(stamp_, *worker) ? JournalOutcome::stale : JournalOutcome::good;
}

void SqliteJournal::Operation::commit() {
  journal_.members_.write(posting_);
  if (good()) {
    journal_.members_.writeNumber(stamp_.worker, stamp_.number);
  }
  writing_.commit();
  const auto own = journal_.own_.find(stamp_.worker);
  if (good() && own != journal_.own_.end()) {
    own->second.written = stamp_.number;
  }
}

JournalJoined SqliteJournal::join(const JournalJoin& join) {
  JournalDatabase::Writing writing(*database_);
  if (!writing.same()) {
    unadoptAll();
  }
  std::optional<StoredPosting> posting = members_.posting(join.posting.posting_id);
  if (!posting) {
    posting = members_.add(join.posting);
  }
  if (posting->posting != join.posting && isUnused(*posting)) {
    bindAnew(*posting, join.posting);
  }
  JournalJoined joined;
  joined.posting = posting->posting;
  if (posting->posting != join.posting) {
    joined.outcome = JournalOutcome::refused;
  } else if (members_.worker(join.stamp.worker)) {
    joined.outcome = JournalOutcome::stale;
  }
  if (joined.outcome != JournalOutcome::good) {
    writing.commit();
    return joined;
  }
  StoredWorker worker;
  worker.worker = join.stamp.worker;
  worker.posting = posting->id;
  worker.name = join.name;
  worker.number = join.stamp.number;
  worker.outlast = join.outlast;
  worker.lock_file = database_->runFile().place();
  worker.lock_byte = database_->runFile().lockWorker();  // kept even if this fails: it may be made
  if (own_.empty()) {
    // A later worker of this object is not known by this byte: what an earlier one has sent may
    // still be under way.
    presence_.show(worker.lock_byte);
  }
  own_[worker.worker] = {worker.lock_byte, join.stamp.number, 0};
  joined_ = join.posting;
  members_.add(worker);
  writing.commit();
  return joined;
}

std::optional<bool> SqliteJournal::lives(const StoredWorker& worker) const {
  if (own_.count(worker.worker) != 0) {
    return std::nullopt;  // an earlier one of this process: its requests may still be under way
  }
  return database_->runFile().lives(worker.lock_file, worker.lock_byte);
}

bool SqliteJournal::isUnused(const StoredPosting& posting) {
  const std::vector<StoredWorker> workers = members_.workers(posting.id);
  return !records_.any(posting.id) &&
         std::none_of(workers.begin(), workers.end(), [&](const StoredWorker& worker) {
           return lives(worker).value_or(true);
         });
}

void SqliteJournal::bindAnew(StoredPosting& posting, const JournalPosting& purpose) {
  unadopt(posting);
  posting.posting = purpose;
  posting.ever_adopted = false;
  posting.newest_shown.reset();
  posting.newest.reset();
  posting.undated = false;
  members_.writeBinding(posting);
  members_.write(posting);
}

bool SqliteJournal::isOther(const StoredPosting& posting) const {
  return joined_ && joined_->posting_id == posting.posting.posting_id &&
         *joined_ != posting.posting;
}

void SqliteJournal::bury(StoredPosting& posting, const std::string& worker) {
  members_.writeGone(worker);
  records_.bury(posting.id, worker);
  if (posting.searcher == worker) {
    posting.searcher.clear();
  }
}

void SqliteJournal::unadoptAll() {
  members_.unadoptAll();
  records_.buryAll();
}

void SqliteJournal::unadopt(StoredPosting& posting) {
  posting.unadopt();
  members_.writeAllGone(posting.id);
  records_.buryAll(posting.id);
}

JournalView SqliteJournal::beat(const JournalBeat& beat) {
  Operation operation(*this, beat.stamp);
  JournalView view;
  view.outcome = operation.outcome();
  if (operation.good()) {
    StoredPosting& posting = operation.posting();
    const std::optional<StoredWorker> me = members_.worker(beat.stamp.worker);
    if (beat.begun && beat.looked && me && !me->begun) {
      posting.newest = posting.undated ? beat.looked : std::max(posting.newest, beat.looked);
      posting.undated = false;
    }
    members_.writeBegun(beat.stamp.worker, beat.begun);
    for (const StoredWorker& other : members_.workers(posting.id)) {
      if (other.worker == beat.stamp.worker) {
        continue;
      }
      const std::optional<bool> alive = lives(other);
      const bool dead = std::any_of(beat.dead.begin(), beat.dead.end(), [&](const auto& one) {
        return one.worker == other.worker && one.number == other.number;
      });
      if (dead && !alive.value_or(false)) {
        bury(posting, other.worker);
      } else {
        view.others.push_back({other.worker, other.number, other.outlast, other.begun, alive});
      }
    }
    view.adopted = posting.adopted;
    view.counts = records_.counts(posting.id);
    view.newest = posting.undated ? std::nullopt : posting.newest;
  }
  operation.commit();
  return view;
}

std::optional<JournalClaimed> SqliteJournal::askOnly(const JournalClaim& claim) {
  const auto own = own_.find(claim.stamp.worker);
  if (own == own_.end() || own->second.lock == 0) {
    return std::nullopt;  // others know by its number alone that it lives
  }
  const JournalDatabase::Reading reading(*database_);
  const std::optional<StoredWorker> worker = members_.worker(claim.stamp.worker);
  if (!reading.same() || !worker || worker->gone || worker->number < least(claim.stamp) ||
      isStale(claim.stamp, *worker)) {
    return std::nullopt;
  }
  const std::optional<StoredPosting> posting = members_.posting(worker->posting);
  if (!posting || !posting->adopted) {
    return std::nullopt;
  }
  JournalClaimed claimed;
  claimed.answers.reserve(claim.records.size());
  for (const KeyedRecord& by : claim.records) {
    std::optional<StoredRecord> record = records_.find(posting->id, by.key);
    if (!record || record_rules::isFree(*record, by.digest)) {
      if (claim.most > 0) {
        return std::nullopt;
      }
      claimed.answers.emplace_back();
      continue;
    }
    const KeyState state = record->state;
    const bool without = record->digest.empty();
    claimed.answers.push_back(record_rules::ask(*record, claim.stamp.worker, by.digest));
    if (record->state != state || record->digest.empty() != without) {
      return std::nullopt;
    }
  }
  own->second.unwritten = claim.stamp.number;
  return claimed;
}

JournalClaimed SqliteJournal::claim(const JournalClaim& claim) {
  if (std::optional<JournalClaimed> known = askOnly(claim)) {
    return std::move(*known);
  }
  Operation operation(*this, claim.stamp);
  JournalClaimed claimed;
  claimed.outcome = operation.outcome();
  StoredPosting& posting = operation.posting();
  if (!operation.good() || !posting.adopted) {
    if (operation.good()) {
      claimed.outcome = JournalOutcome::not_adopted;
    }
    operation.commit();
    return claimed;
  }
  std::size_t count = 0;
  for (const KeyedRecord& by : claim.records) {
    StoredRecord record = found(posting, by.key);
    if (record.id != 0 && !record_rules::isFree(record, by.digest)) {
      const KeyState state = record.state;
      const bool without = record.digest.empty();
      claimed.answers.push_back(record_rules::ask(record, claim.stamp.worker, by.digest));
      if (record.state != state || record.digest.empty() != without) {
        records_.write(posting.id, record);
      }
      continue;
    }
    KeyAnswer& answer = claimed.answers.emplace_back();
    if (count < claim.most) {
      posting.claims += count == 0 ? 1 : 0;
      ++count;
      record_rules::claim(record, claim, by, posting.claims);
      records_.write(posting.id, record);
      answer.verdict = KeyVerdict::claimed;
      answer.state = record.state;
      answer.failures = static_cast<int>(record.failures);
    }
  }
  if (count > 0) {
    posting.undated = posting.undated || !claim.sent_at;
    posting.newest = std::max(posting.newest, claim.sent_at);
  }
  operation.commit();
  return claimed;
}

StoredRecord SqliteJournal::found(const StoredPosting& posting, const std::string& key) {
  if (std::optional<StoredRecord> record = records_.find(posting.id, key)) {
    return std::move(*record);
  }
  StoredRecord record;
  record.key = key;
  return record;
}

bool SqliteJournal::keep(const StoredPosting& posting, const StoredRecord& record, bool second,
                         const std::string& interview_id) {
  records_.write(posting.id, record);
  if (second) {
    records_.keepSecondReceipt(posting.id, record.key, interview_id);
  }
  return second;
}

JournalSettled SqliteJournal::settle(const JournalSettle& settle) {
  Operation operation(*this, settle.stamp);
  JournalSettled settled;
  settled.outcome = operation.outcome();
  StoredPosting& posting = operation.posting();
  if (isOther(posting)) {
    operation.commit();
    return settled;
  }
  for (const KeyResult& result : settle.results) {
    StoredRecord record = found(posting, result.key);
    if (record.id == 0) {
      if (!record_rules::makesRecord(result)) {
        continue;
      }
      record.digest = result.digest;
      record.claim = result.claim;
      record.owner = settle.stamp.worker;
      record.async = result.async;
      record.claimed = ++posting.claims;
      record.state = KeyState::in_flight;
    }
    const bool second = record_rules::settle(record, result);
    settled.twice += keep(posting, record, second, result.interview_id) ? 1U : 0U;
  }
  operation.commit();
  return settled;
}

JournalOutcome SqliteJournal::leave(const JournalStamp& stamp) {
  Operation operation(*this, stamp);
  if (operation.good()) {
    bury(operation.posting(), stamp.worker);
  }
  operation.commit();
  const auto own = own_.find(stamp.worker);
  if (operation.good() && own != own_.end()) {
    database_->runFile().unlockWorker(own->second.lock);
    own_.erase(own);
  }
  return operation.outcome();
}

std::optional<JournalStanding> SqliteJournal::standing(const std::string& posting_id) {
  const JournalDatabase::Reading reading(*database_);
  const std::optional<StoredPosting> posting = members_.posting(posting_id);
  if (!posting) {
    return std::nullopt;
  }
  return JournalStanding{posting->posting,
                         reading.same() && posting->adopted,
                         records_.counts(posting->id),
                         posting->undated ? std::nullopt : posting->newest};
}

std::vector<JournalRow> SqliteJournal::rows(const std::string& posting_id, const std::string& after,
                                            std::size_t most) {
  const JournalDatabase::Reading reading(*database_);
  const std::optional<StoredPosting> posting = members_.posting(posting_id);
  return posting ? records_.rows(posting->id, after, most) : std::vector<JournalRow>();
}

}  // namespace heymilo::workflows
