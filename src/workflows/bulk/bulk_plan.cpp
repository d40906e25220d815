#include "heymilo/workflows/bulk_plan.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/chosen_journal.hpp"
#include "workflows/bulk/job_setup.hpp"
#include "workflows/bulk/key/canonical_content.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/bulk/local_checks.hpp"
#include "workflows/bulk/posting_list.hpp"
#include "workflows/bulk/taken_over.hpp"
#include "workflows/storage/plan_tables.hpp"
#include "workflows/storage/seen_keys.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::milliseconds;

std::uint64_t chunksOf(std::uint64_t records, std::uint64_t chunk) {
  return (records + chunk - 1) / chunk;
}

bool hasKeys(const JournalCounts& counts) {
  return counts.unsent + counts.in_flight + counts.in_doubt + counts.ingested + counts.queued +
             counts.rejected + counts.unresolved >
         0;
}

class Planning {
 public:
  Planning(const Client& client, std::string_view posting_id, const BulkSource& source,
           const BulkIngestOptions& options)
      : client_(client),
        posting_id_(posting_id),
        source_(source),
        options_(options),
        rule_(options.key),
        api_clock_(client.clock()),
        list_(client, posting_id_, rule_, api_clock_, options.stop) {}

  BulkPlan run() {
    readJournal(existingJournal(client_, posting_id_, options_));
    if (!trusts_) {
      readPosting();
    }
    readSource();
    plan_.requests_made = list_.requests();
    plan_.sends = chunksOf(plan_.to_send, options_.chunk);
    plan_.lists = trusts_ ? 1 : std::max<std::uint64_t>(plan_.requests_made, 1);
    plan_.lists += plan_.adopts && !trusts_ ? 1U : 0U;  // the API's time, before the wait
    const JobTimes times =
        jobSetup(client_, posting_id_, options_, [](const std::string&) { return true; }).times;
    if (plan_.adopts && !trusts_) {
      // A file knows whether others live that have used it. A store may have to wait for them.
      plan_.wait = (options_.store ? times.outlast() : milliseconds{0}) + times.settled(true);
    } else if (plan_.in_doubt > 0) {
      plan_.wait = times.settled(options_.async);
      constexpr std::uint64_t kLooks = 2;
      plan_.lists += kLooks;
      plan_.sends = chunksOf(plan_.to_send + plan_.in_doubt, options_.chunk);
    }
    return plan_;
  }

 private:
  void readJournal(const std::shared_ptr<Journal>& journal) {
    const JournalPosting wanted{
        posting_id_, client_.baseUrl(), keyNameOf(rule_.name()), kContentVersion};
    std::optional<JournalStanding> standing =
        journal ? journal->standing(posting_id_) : std::nullopt;
    if (standing && standing->posting != wanted && !hasKeys(standing->counts)) {
      standing.reset();  // the run's join() binds it anew
    }
    plan_.has_journal = standing.has_value();
    plan_.adopts = !standing || !standing->adopted;
    if (journal) {
      requireTakenOver(options_.journal, posting_id_, *journal);
      list_.knows(journals01In(*journal, posting_id_));
    }
    if (!standing) {
      trusts_ = options_.new_posting && nobodyIsThere();
      return;
    }
    if (standing->posting != wanted) {
      throw StoreError(whyRefused(standing->posting, wanted));
    }
    if (standing->adopted && standing->newest) {
      list_from_ = *standing->newest - options_.clock_margin;
    }
    constexpr std::size_t kBatch = 1'000;
    std::string after;
    std::size_t count = kBatch;
    while (count == kBatch && !options_.stop.cancelled()) {
      const std::vector<JournalRow> rows = journal->rows(posting_id_, after, kBatch);
      for (const JournalRow& row : rows) {
        tables_.add(row);
      }
      count = rows.size();
      after = rows.empty() ? after : rows.back().key;
    }
  }

  bool nobodyIsThere() {
    Listing probe;
    probe.probe = true;
    return !list_.read(probe).anybody;
  }

  /// Who is there: all of it where the journal is to be adopted, otherwise what came last.
  void readPosting() {
    Listing listing;
    listing.created_after = list_from_;
    for (bool last = false; !last && !options_.stop.cancelled(); listing.first = false) {
      const ListedPage page = list_.read(listing);
      for (const ShownKey& key : page.shown) {
        tables_.show(key.key, key.interview_id, key.interview_url);
      }
      plan_.candidates += page.shown.size() + page.unreadable;
      plan_.unreadable += page.unreadable;
      last = page.last;
      progress();
    }
    const PostingList::Foreign& foreign = list_.foreign();
    if (foreign.of_01 + foreign.by_other_keys > 0) {
      throw StoreError(whyForeign(foreign));
    }
  }

  void readSource() {
    for (;;) {
      std::optional<BulkRecord> record = options_.stop.cancelled() ? std::nullopt : source_();
      if (!record) {
        break;
      }
      RecordReport report;
      report.index = plan_.records++;
      report.line = record->line;
      judge(std::move(*record), std::move(report));
      if (plan_.records % kProgress == 0) {
        progress();
      }
    }
    checkPending();
    plan_.stopped = options_.stop.cancelled();
    progress();
  }

  void judge(BulkRecord record, RecordReport report) {
    IdentifiedRecord identified;
    if (record.problem) {
      identified.problem = std::move(record.problem);
    } else {
      identified = rule_.identify(record.request);
    }
    if (identified.problem) {
      reject(std::move(report), std::move(*identified.problem));
      return;
    }
    if (!seen_.add(identified.key)) {
      ++plan_.duplicate;
      report.state = RecordState::duplicate;
      tell(report);
      return;
    }
    const std::optional<JournalRow> row = tables_.find(identified.key);
    const KeyState state = row ? row->state : KeyState::unsent;
    const bool same = row && (row->digest.empty() || row->digest == identified.content);
    switch (state) {
      case KeyState::ingested:
      case KeyState::queued:
        tellKnown(*row, same, std::move(report));
        return;
      case KeyState::in_flight:
      case KeyState::in_doubt:
      case KeyState::unresolved:
        ++plan_.in_doubt;
        report.state = RecordState::unresolved;
        report.error = APIErrorDetail{
            "in_doubt", "whether it was ingested is not known yet: the run finds out"};
        tell(report);
        return;
      case KeyState::rejected:
        if (same) {
          reject(std::move(report),
                 {row->error_code.empty() ? "rejected" : row->error_code,
                  "refused when it was sent before: correct the record, and it is sent again"});
          return;
        }
        break;
      case KeyState::unsent:
        break;
    }
    pending_.data.push_back(std::move(record.request));
    reports_.push_back(std::move(report));
    if (reports_.size() == options_.chunk) {
      checkPending();
    }
  }

  void tellKnown(const JournalRow& row, bool same, RecordReport report) {
    ++(same ? plan_.known : plan_.changed);
    report.state = !same                           ? RecordState::changed
                   : row.state == KeyState::queued ? RecordState::queued
                                                   : RecordState::ingested;
    report.known = same;
    const auto put = [](std::optional<std::string>& to, const std::string& from) {
      if (!from.empty()) {
        to = from;
      }
    };
    put(report.interview_id, row.interview_id);
    put(report.interview_url, row.interview_url);
    put(report.ingestion_id, row.ingestion_id);
    tell(report);
  }

  void reject(RecordReport report, APIErrorDetail why) {
    ++plan_.rejected;
    report.state = RecordState::rejected;
    report.error = std::move(why);
    tell(report);
  }

  /// Of the records that are to be sent, the client refuses some.
  void checkPending() {
    if (reports_.empty()) {
      return;
    }
    std::map<std::size_t, APIErrorDetail> refused =
        checks_.refusedOf(std::exchange(pending_, BulkCandidateIngestRequest()));
    for (std::size_t place = 0; place < reports_.size(); ++place) {
      const auto found = refused.find(place);
      if (found != refused.end()) {
        reject(std::move(reports_[place]), std::move(found->second));
      } else {
        ++plan_.to_send;
        tell(reports_[place]);
      }
    }
    reports_.clear();
  }

  void tell(const RecordReport& report) {
    if (options_.on_record) {
      options_.on_record(report);
    }
  }

  void progress() {
    if (!options_.on_progress) {
      return;
    }
    BulkProgress progress;
    progress.phase = "planning";
    progress.read = plan_.records;
    progress.known = plan_.known;
    progress.changed = plan_.changed;
    progress.duplicate = plan_.duplicate;
    progress.rejected = plan_.rejected;
    progress.requests = list_.requests();
    options_.on_progress(progress);
  }

  static constexpr std::uint64_t kProgress = 1'000;  // records

  const Client& client_;
  const std::string posting_id_;
  const BulkSource& source_;
  const BulkIngestOptions& options_;
  const KeyRule rule_;
  ApiClock api_clock_;
  PostingList list_;
  const LocalChecks checks_;
  PlanTables tables_;
  SeenKeys seen_;
  BulkPlan plan_;
  bool trusts_ = false;  // nobody else can have sent: the posting need not be listed
  std::optional<Timestamp> list_from_;
  BulkCandidateIngestRequest pending_;  // to be sent, and not checked yet
  std::vector<RecordReport> reports_;   // of these
};

}  // namespace

BulkPlan planIngest(const Client& client, std::string_view posting_id, const BulkSource& source,
                    const BulkIngestOptions& options) {
  requireUsable(posting_id, options);
  if (!source) {
    throw InvalidArgumentError("source", "must be set");
  }
  return Planning(client, posting_id, source, options).run();
}

milliseconds quotaTime(std::uint64_t requests, const QuotaStatus& quota) {
  const auto atLeast = [](int number, int least) {
    return static_cast<std::uint64_t>(std::max(number, least));
  };
  const std::uint64_t now = atLeast(quota.free - quota.reserved_requests, 0);
  const std::uint64_t in_a_window = atLeast(quota.requests - quota.reserved_requests, 1);
  const std::uint64_t windows = requests <= now ? 0 : chunksOf(requests - now, in_a_window);
  return quota.held + quota.per * static_cast<milliseconds::rep>(windows);
}

}  // namespace heymilo::workflows
