#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/models/api_error.hpp"
#include "heymilo/models/candidate.hpp"
#include "heymilo/models/ingest.hpp"
#include "heymilo/pagination.hpp"
#include "workflows/bulk/key/reference.hpp"

namespace heymilo::workflows {

/// A record of the source, as a journal knows it.
struct IdentifiedRecord {
  /// Who it is: `key:NAME:VALUE`, `email:DIGEST` or `content1:DIGEST`. Empty where it has no key.
  std::string key{};
  /// The SHA-256 of its CanonicalContent, as 64 hexadecimal digits: what differs when it has
  /// changed. Empty where it can't be sent as JSON.
  std::string content{};
  /// Why it must not be sent: it is `rejected` with this. The message says what to do, and holds
  /// nothing of the record's but the names of its fields.
  std::optional<APIErrorDetail> problem{};
};

/// A candidate of the posting.
struct RecognisedKey {
  std::optional<std::string> key{};       ///< whose record it was; empty where it has no key
  Reference reference = Reference::none;  ///< what its `heymilo_ref` is
  /// False where the key cannot be determined, since a property is unreadable or missing: it may be
  /// any record's.
  bool known = true;
};

/// Who a record is: the rule by which a journal tells its records apart. A record and the candidate
/// that it became have the same key.
///
/// | name | the key of a record |
/// | --- | --- |
/// | empty | the digest of its content |
/// | `email` | the digest of its address |
/// | any other NAME | the value under NAME in its metadata, as it is |
///
/// The record's metadata get the key as `heymilo_ref`. Where the records have ids of their own
/// under that name already, as version 0.1 allowed, `heymilo_ref` is a NAME like any other: the
/// value stays, and its key is `key:heymilo_ref:VALUE`.
///
/// A metadata key that is called `email`, has a colon or has no name can't be NAME.
///
/// All functions may be called by any thread.
class KeyRule {
 public:
  using Metadata = std::map<std::string, std::string>;

  /// Throws InvalidArgumentError where no metadata can have the name, or no key can be made of it.
  explicit KeyRule(std::string name);

  const std::string& name() const noexcept { return name_; }

  /// Identifies a record, and puts the key into its metadata. Of a record that has been identified
  /// before, the result is the same. One with a problem stays as it was.
  IdentifiedRecord identify(CandidateIngestRequest& request) const;
  /// The same where the value under NAME is known apart. The metadata need not have NAME; another
  /// value there is a problem, as is a rule without a NAME.
  IdentifiedRecord identify(CandidateIngestRequest& request, const std::string& value) const;

  /// Identifies a candidate: by its `heymilo_ref` where that is a key by this rule, otherwise by
  /// its value under NAME or its address. It may have been ingested by another program or by
  /// another rule, and it is the same person. A list does not show all of the content, so that a
  /// key by content has no such fallback.
  RecognisedKey identify(const CandidateResponse& candidate) const;
  /// One that could be read in part.
  RecognisedKey identify(const UnreadableCandidate& candidate) const;
  /// One of which only this is known, such as a receipt. A nullptr is an address that is not known,
  /// or no metadata.
  RecognisedKey identify(const std::string* email, const Metadata* metadata) const;

 private:
  /// Sets either the key or the problem.
  void findKey(const CandidateIngestRequest& request, IdentifiedRecord& record) const;
  void takeKey(const CandidateIngestRequest& request, const std::string& value,
               IdentifiedRecord& record) const;
  /// With the key or a problem: the content and the reference.
  IdentifiedRecord finish(CandidateIngestRequest& request, IdentifiedRecord record) const;
  void putReference(CandidateIngestRequest& request, IdentifiedRecord& record) const;

  const std::string name_;
  const std::string prefix_;  // with which all of its keys begin
};

}  // namespace heymilo::workflows
