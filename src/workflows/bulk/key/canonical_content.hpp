#pragma once

#include <optional>
#include <string>

#include "heymilo/models/api_error.hpp"
#include "heymilo/models/ingest.hpp"

namespace heymilo::workflows {

/// The version of the text, and with it of its digests. A journal stores it, and refuses another.
inline constexpr int kContentVersion = 1;

/// What a record says about its person, as CanonicalJson: its digest says whether a record is
/// another one, or has changed.
///
/// `heymilo_ref` among the metadata is left out, since the library adds it. So are properties that
/// are null and objects without members: a request without metadata, one with null and one with
/// `{}` are the same. Within `data`, a null and an empty object are content.
///
/// A property that a later version of the struct has, and this one has in `additional_properties`,
/// is written in the same way, so that the digest outlives the change.
struct CanonicalContent {
  std::string text{};
  /// Set where the request can't be sent, with the property as `param`. There is then no text.
  std::optional<APIErrorDetail> problem{};
};

CanonicalContent canonicalContent(const CandidateIngestRequest& request);

}  // namespace heymilo::workflows
