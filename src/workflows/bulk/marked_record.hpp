#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/models/ingest.hpp"
#include "workflows/bulk/journal.hpp"

namespace heymilo::workflows {

/// A record that can be recognised in the posting.
struct MarkedRecord {
  JournalRecord journal;
  CandidateIngestRequest request;
};

/// What goes out with one request.
using Chunk = std::vector<MarkedRecord>;

std::vector<std::uint64_t> indexesOf(const Chunk& chunk);
/// Of a chunk of one record, one half is empty.
std::vector<Chunk> halves(Chunk chunk);

/// Stable from one version and machine to the next, since journals hold it.
std::int64_t stableHash(std::string_view text) noexcept;
/// Without regard to the case of ASCII letters, as an API may change that.
std::int64_t emailHash(std::string_view email);

/// Gives the record its mark: the value that it has under `key`, or a new one that begins with
/// `journal_id`. One without room for that is recognised by its e-mail address.
MarkedRecord marked(std::uint64_t index, CandidateIngestRequest request, const std::string& key,
                    const std::string& journal_id);

}  // namespace heymilo::workflows
