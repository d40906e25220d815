#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/models/ingest.hpp"

namespace heymilo::workflows {

/// A record as the journal knows it: its place in the source, and how it is recognised there and in
/// the posting. It holds hashes of the person's data, not the data.
struct JournalRecord {
  std::uint64_t index = 0;
  std::int64_t hash = 0;  ///< of the request as the source gave it
  /// How it is recognised in the posting: by the value under the mark's key or, where the request
  /// has no room for a mark, by a hash of its e-mail address.
  std::optional<std::string> mark{};
  std::optional<std::int64_t> email_hash{};
  std::optional<std::uint64_t> line{};  ///< of the source's file, from 1
};

/// `record 501 (line 507)`, for an index from 0: people count from 1.
std::string placeOf(std::uint64_t index, std::optional<std::uint64_t> line);

/// Stable across versions and machines, since journals store it.
std::int64_t stableHash(std::string_view text) noexcept;
/// Ignores the case of ASCII letters, since the API may change it.
std::int64_t emailHash(std::string_view email);

/// The record of a request. It is recognised by the value that the request has under `key` or,
/// where there is none, by a new one that begins with `journal_id` and is put there. A request
/// without room for that is recognised by its e-mail address.
JournalRecord identify(std::uint64_t index, CandidateIngestRequest& request, const std::string& key,
                       const std::string& journal_id);

}  // namespace heymilo::workflows
