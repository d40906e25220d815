#pragma once

#include <functional>
#include <string>

#include "heymilo/client.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "workflows/job/job.hpp"

namespace heymilo::workflows {

/// The job of a run. `first_time`: see Intake.
Job::Setup jobSetup(const Client& client, const std::string& posting_id,
                    const BulkIngestOptions& options,
                    std::function<bool(const std::string&)> first_time);

/// JournalPosting::key_name for the option `key`.
std::string keyNameOf(const std::string& key);
/// The option of which keyNameOf() is this.
std::string keyOptionOf(const std::string& key_name);

/// Why a journal is refused: what it is for is not what is `wanted`.
std::string whyRefused(const JournalPosting& journal, const JournalPosting& wanted);

}  // namespace heymilo::workflows
