#include "heymilo/workflows/verify.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/job_setup.hpp"
#include "workflows/bulk/key/canonical_content.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/bulk/taken_over.hpp"
#include "workflows/storage/verify_tables.hpp"

namespace heymilo::workflows {

namespace {

constexpr std::size_t kRowsAtOnce = 1'000;  // rows of the journal

JournalPosting postingOf(const Client& client, const std::string& posting_id, Journal& journal) {
  const std::optional<JournalStanding> standing = journal.standing(posting_id);
  if (!standing) {
    throw InvalidArgumentError("posting_id",
                               "is not in the journal: nothing was ingested into it with this "
                               "journal. Use the journal of its ingestion");
  }
  const JournalPosting& posting = standing->posting;
  if (posting.base_url != client.baseUrl()) {
    throw InvalidArgumentError("base_url",
                               "is " + client.baseUrl() + ", and the journal is for " +
                                   posting.base_url + ": use the URL or the journal of the other");
  }
  if (posting.digest_version != kContentVersion) {
    throw InvalidArgumentError("journal",
                               "has digests of version " + std::to_string(posting.digest_version) +
                                   ", and this program makes those of version " +
                                   std::to_string(kContentVersion) +
                                   ": use the program that "
                                   "wrote it");
  }
  return posting;
}

void forEachRow(Journal& journal, const std::string& posting_id,
                const std::function<void(const JournalRow&)>& visit) {
  constexpr std::string_view kOld = kTakenOver;  // these rows are no keys
  std::string after;
  for (;;) {
    const std::vector<JournalRow> rows = journal.rows(posting_id, after, kRowsAtOnce);
    for (const JournalRow& row : rows) {
      if (row.key.compare(0, kOld.size(), kOld) != 0) {
        visit(row);
      }
    }
    if (rows.size() < kRowsAtOnce) {
      return;
    }
    after = rows.back().key;
  }
}

bool isRejectedOrUnsent(KeyState state) {
  return state == KeyState::rejected || state == KeyState::unsent;
}

class Verifying {
 public:
  Verifying(const Client& client, std::string_view posting_id, Journal& journal,
            const VerifyOptions& options)
      : client_(client),
        posting_id_(posting_id),
        journal_(journal),
        options_(options),
        rule_(keyOptionOf(postingOf(client, posting_id_, journal).key_name)),
        api_clock_(client.clock()) {}

  VerifyResult run() {
    forEachRow(journal_, posting_id_, [&](const JournalRow& row) { tables_.addRow(row); });
    readPosting();
    tables_.finish();
    now_ = api_clock_.now();
    tables_.forEachKey([&](const VerifyTables::Key& key) { judge(key); });
    tables_.forEachShared([&](const std::string& id, const std::vector<std::string>& keys) {
      ++result_.shared;
      tell({VerifyKind::shared, keys, {id}, {}, {}});
    });
    judgeUnknown();
    forgetDeleted();
    return result_;
  }

 private:
  void readPosting() {
    RequestOptions options;
    options.cancellation = options_.cancellation;
    options.priority = Priority::bulk;
    CandidateRange range = client_.listAllCandidates(posting_id_, {}, options);
    range.onUnreadable([this](const UnreadableCandidate& candidate) { add(candidate); });
    VerifyProgress progress;
    for (const ListResponse<CandidateResponse>& page : range.pages()) {
      api_clock_.hear(page.http.headers);
      for (const CandidateResponse& candidate : page.data) {
        add(rule_.identify(candidate), candidate.interview_id);
      }
      result_.requests += static_cast<std::uint64_t>(page.http.attempts);
      progress.read = result_.candidates;
      progress.requests = result_.requests;
      if (page.pagination.total_count && *page.pagination.total_count >= 0) {
        progress.expected = static_cast<std::uint64_t>(*page.pagination.total_count);
        listed_less_ = *progress.expected > result_.candidates;
      }
      if (options_.on_progress) {
        options_.on_progress(progress);
      }
    }
    if (result_.requests == 0) {  // a list of nobody has no page
      result_.requests = 1;
    }
  }

  void add(const UnreadableCandidate& candidate) {
    const RecognisedKey recognised = rule_.identify(candidate);
    if (recognised.known && candidate.interview_id) {
      add(recognised, *candidate.interview_id);
      return;
    }
    ++result_.candidates;
    ++result_.unreadable;
    if (candidate.interview_id) {
      unreadable_.insert(*candidate.interview_id);
    } else {
      unidentified_ = true;
    }
    if (options_.on_unreadable) {
      options_.on_unreadable(candidate);
    }
  }

  void add(const RecognisedKey& recognised, const std::string& interview_id) {
    ++result_.candidates;
    if (recognised.key) {
      tables_.addCandidate(*recognised.key, interview_id, recognised.reference == Reference::key);
      return;
    }
    tables_.addCandidate(interview_id);
    if (recognised.reference == Reference::none || recognised.reference == Reference::unknown) {
      ++result_.without_key;
    } else {
      ++result_.other_keys;
    }
  }

  void judge(const VerifyTables::Key& key) {
    const bool twice = key.interview_ids.size() > 1;
    if (twice) {
      ++result_.twice;
      tell({VerifyKind::twice, {key.key}, key.interview_ids, {}, {}});
    }
    if (!key.state || (isRejectedOrUnsent(*key.state) && key.shown)) {
      tables_.addUnknown(key);
    } else if (isRejectedOrUnsent(*key.state)) {
      ++result_.unsent;
    } else if (*key.state == KeyState::ingested || *key.state == KeyState::queued) {
      if (key.shown) {
        result_.once += twice ? 0U : 1U;
      } else if (*key.state == KeyState::queued) {
        judgeQueued(key);
      } else {
        judgeIngested(key);
      }
    } else {
      ++result_.unsettled;
    }
  }

  void judgeIngested(const VerifyTables::Key& key) {
    if (key.forgotten) {
      ++result_.forgotten;
      return;
    }
    if (key.interview_ids.empty()) {
      ++result_.missing;
      tell({VerifyKind::missing, {key.key}, {}, {}, {}});
      return;
    }
    using Shown = VerifyTables::Shown;
    Shown shown = Shown::no;
    for (const std::string& id : key.interview_ids) {
      shown = std::max(shown, tables_.shown(id));
    }
    if (shown == Shown::no) {
      ++result_.deleted;
      tell({VerifyKind::deleted, {key.key}, key.interview_ids, {}, {}});
      if (options_.forget_deleted && !anyUnreadable(key)) {
        deleted_.push_back({key.key, key.interview_ids});
      }
    } else if (shown == Shown::without_key) {  // ingested by version 0.1, say
      result_.once += key.interview_ids.size() > 1 ? 0U : 1U;
    }  // Otherwise it is shared.
  }

  bool anyUnreadable(const VerifyTables::Key& key) const {
    return std::any_of(key.interview_ids.begin(), key.interview_ids.end(), [&](const auto& id) {
      return unreadable_.count(id) != 0;
    });
  }

  /// Of a posting without candidates, which may be the API's mistake: asked a second time.
  bool isStillEmpty() {
    if (result_.candidates > 0) {
      return true;
    }
    ListCandidatesParams params;
    params.limit = 1;
    RequestOptions options;
    options.cancellation = options_.cancellation;
    options.priority = Priority::bulk;
    const auto page = client_.listCandidates(posting_id_, params, options);
    result_.requests += static_cast<std::uint64_t>(page.http.attempts);
    return page.data.empty() && page.pagination.total_count.value_or(0) == 0;
  }

  /// After all was reported, the last time with its ids.
  void forgetDeleted() {
    if (deleted_.empty() || unidentified_ || listed_less_ || !isStillEmpty()) {
      return;
    }
    const std::uint64_t forgotten = journal_.forget(posting_id_, deleted_);
    result_.deleted -= forgotten;
    result_.forgotten += forgotten;
  }

  void judgeQueued(const VerifyTables::Key& key) {
    if (key.sent_at && now_ && *now_ - *key.sent_at > options_.queue_time) {
      ++result_.missing;
      tell({VerifyKind::missing, {key.key}, {}, key.ingestion_id, key.sent_at});
      return;
    }
    ++result_.queued;
    if (key.sent_at) {
      result_.queued_since = std::min(result_.queued_since.value_or(*key.sent_at), *key.sent_at);
    }
  }

  /// Keys of the posting that the journal did not have: it may have them now.
  void judgeUnknown() {
    if (!tables_.anyUnknown()) {
      return;
    }
    forEachRow(journal_, posting_id_, [&](const JournalRow& row) {
      if (!isRejectedOrUnsent(row.state)) {
        tables_.removeUnknown(row.key);
      }
    });
    tables_.forEachUnknown([&](const VerifyTables::Key& key) {
      if (key.marked) {
        ++result_.foreign;
        tell({VerifyKind::foreign, {key.key}, key.interview_ids, {}, {}});
      } else {
        ++result_.by_other_ways;
      }
    });
  }

  void tell(const VerifyFinding& finding) {
    if (options_.on_finding) {
      options_.on_finding(finding);
    }
  }

  const Client& client_;
  const std::string posting_id_;
  Journal& journal_;
  const VerifyOptions& options_;
  const KeyRule rule_;
  ApiClock api_clock_;
  VerifyTables tables_;
  VerifyResult result_;
  std::optional<Timestamp> now_;      // by the API's clock
  std::set<std::string> unreadable_;  // interview_ids of candidates without a readable key
  bool unidentified_ = false;         // one has none
  bool listed_less_ = false;          // than the total of the last page
  std::vector<DeletedKey> deleted_;   // to be forgotten
};

}  // namespace

std::string_view toString(VerifyKind kind) noexcept {
  switch (kind) {
    case VerifyKind::shared:
      return "shared";
    case VerifyKind::missing:
      return "missing";
    case VerifyKind::foreign:
      return "foreign";
    case VerifyKind::deleted:
      return "deleted";
    case VerifyKind::twice:
      break;
  }
  return "twice";
}

VerifyResult verifyPosting(const Client& client, std::string_view posting_id, Journal& journal,
                           const VerifyOptions& options) {
  if (posting_id.empty()) {
    throw InvalidArgumentError("posting_id", "must not be empty");
  }
  return Verifying(client, posting_id, journal, options).run();
}

}  // namespace heymilo::workflows
