#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/bulk/posting_list.hpp"
#include "workflows/job/job.hpp"

namespace heymilo::workflows {

/// The job of a run. `first_time`: see Intake.
Job::Setup jobSetup(const Client& client, const std::string& posting_id,
                    const BulkIngestOptions& options,
                    std::function<bool(const std::string&)> first_time);

/// A random name, never used again.
std::string randomName();
/// This host and process, for people.
std::string nameOfThis();

/// BulkIngestOptions::settling_time where it is empty.
std::chrono::milliseconds defaultSettling(bool async);

/// JournalPosting::key_name for the option `key`.
std::string keyNameOf(const std::string& key);
/// The option of which keyNameOf() is this.
std::string keyOptionOf(const std::string& key_name);

/// Why a run is refused whose posting shows candidates with keys of another kind.
std::string whyForeign(const PostingList::Foreign& foreign);

/// Why a journal is refused: what it is for is not what is `wanted`.
std::string whyRefused(const JournalPosting& journal, const JournalPosting& wanted);

}  // namespace heymilo::workflows
