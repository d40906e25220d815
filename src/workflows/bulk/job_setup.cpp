#include "workflows/bulk/job_setup.hpp"

#include <algorithm>
#include <random>
#include <utility>

#ifndef _WIN32
#include <unistd.h>
#endif

#include "base/process_id.hpp"
#include "workflows/bulk/key/canonical_content.hpp"
#include "workflows/bulk/key/reference.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::milliseconds;

// A request that has ended here, by a reset, has packets under way for some more seconds. The API
// may carry out what has arrived by then for as long as proxies wait for a response. Defaults:
// Heroku 30 s, API Gateway 29 s, nginx and AWS load balancers 60 s, Cloudflare 100 s, recently 120
// s. (The timeout of an attempt does not count: it was over when the request ended.) An API that
// needs more time does not work behind these proxies, so its requests do not take longer.
constexpr milliseconds kOtherSide{120'000};
// A queue has no bound. This is for one without a backlog: while records that were queued have not
// shown up, no time is long enough (Search).
constexpr milliseconds kQueue{480'000};

JobTimes timesOf(const Client& client, const BulkIngestOptions& options) {
  JobTimes times;
  times.attempt = client.attemptTimeout();
  times.margin = options.clock_margin;
  times.settling = kOtherSide;
  if (options.async) {
    times.queue = kQueue;
  }
  if (options.settling_time) {  // all of it together
    const milliseconds all = *options.settling_time;
    times.under_way = std::min(all, times.under_way);
    times.settling = std::min(all - times.under_way, kOtherSide);
    if (options.async) {
      times.queue = all - times.under_way - times.settling;
    } else {
      times.settling = all - times.under_way;
    }
  }
  return times;
}

}  // namespace

std::string randomName() {
  constexpr const char* kDigits = "0123456789abcdef";
  constexpr int kDigitsOfOne = 8;
  std::random_device random;
  std::string name;
  for (int i = 0; i < 4; ++i) {
    std::random_device::result_type bits = random();
    for (int digit = 0; digit < kDigitsOfOne; ++digit, bits >>= 4U) {
      name += kDigits[bits & 0xfU];
    }
  }
  return name;
}

std::string nameOfThis() {
  std::string name = "pid " + std::to_string(processId());
#ifndef _WIN32
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) == 0) {
    name = std::string(host) + ", " + name;
  }
#endif
  return name;
}

milliseconds defaultSettling(bool async) {
  const JobTimes times;
  return times.under_way + kOtherSide + (async ? kQueue : milliseconds{0});
}

std::string keyNameOf(const std::string& key) {
  return key.empty() ? "content" : key == "email" ? key : "key:" + key;
}

std::string keyOptionOf(const std::string& key_name) {
  const std::string prefix(kByName);
  if (key_name.compare(0, prefix.size(), prefix) == 0) {
    return key_name.substr(prefix.size());
  }
  return key_name == "content" ? std::string() : key_name;
}

Job::Setup jobSetup(const Client& client, const std::string& posting_id,
                    const BulkIngestOptions& options,
                    std::function<bool(const std::string&)> first_time) {
  constexpr std::size_t kBatch = 500;
  Job::Setup setup;
  setup.posting = {posting_id, client.baseUrl(), keyNameOf(options.key), kContentVersion};
  setup.name = nameOfThis();
  setup.times = timesOf(client, options);
  setup.limits.chunk = options.chunk;
  setup.limits.concurrency = options.concurrency;
  setup.limits.batch = std::max(kBatch, options.chunk);
  setup.limits.async = options.async;
  setup.new_posting = options.new_posting;
  setup.fresh_id = randomName;
  setup.first_time = std::move(first_time);
  return setup;
}

std::string whyForeign(const PostingList::Foreign& foreign) {
  if (foreign.of_01 > 0) {
    return "the posting has candidates of version 0.1, and who they are, only its journals know: "
           "run bulk_ingest with each file that version 0.1 has ingested into this posting, which "
           "takes over its journal (FILE.POSTING_ID.journal beside it, or the one that is given). "
           "Or use --key email, or --key NAME where their metadata have NAME, with another "
           "journal: then the posting itself shows who they are";
  }
  const std::string option = foreign.key.empty() ? "without --key" : "with --key " + foreign.key;
  return "the posting has candidates that were ingested by another key, " + option +
         ": use the same one, or --key email, by which the posting itself shows who they are, with "
         "another journal";
}

std::string whyRefused(const JournalPosting& journal, const JournalPosting& wanted) {
  std::string why = "the journal was made for something else:";
  const auto differs = [&](const char* what, const std::string& its, const std::string& ours) {
    if (its != ours) {
      why += (why.back() == ':' ? " " : ", ") + std::string(what) + ' ' + its + ", not " + ours;
    }
  };
  differs("posting", journal.posting_id, wanted.posting_id);
  differs("API", journal.base_url, wanted.base_url);
  differs("records by", journal.key_name, wanted.key_name);
  if (journal.digest_version != wanted.digest_version) {
    differs("digests of version",
            std::to_string(journal.digest_version),
            std::to_string(kContentVersion));
  }
  return why + ". Use another journal for this, or the options of the first run";
}

}  // namespace heymilo::workflows
