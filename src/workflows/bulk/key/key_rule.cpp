#include "workflows/bulk/key/key_rule.hpp"

#include <algorithm>
#include <utility>

#include "base/api_limits.hpp"
#include "base/ascii.hpp"
#include "base/sha256.hpp"
#include "base/utf8.hpp"
#include "heymilo/errors.hpp"
#include "workflows/bulk/key/address.hpp"
#include "workflows/bulk/key/canonical_content.hpp"

namespace heymilo::workflows {

namespace {

using namespace api_limits;

constexpr std::string_view kEmail = "email";

bool hasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), ascii::isControl);
}

bool isBlank(std::string_view text) { return ascii::trimmed(text, " \t\n\v\f\r").empty(); }

/// Throws InvalidArgumentError; returns what all keys by the rule begin with.
std::string prefixFor(const std::string& name) {
  const auto refuse = [](const char* why) { throw InvalidArgumentError("key", why); };
  if (name.empty()) {
    return std::string(kByContent);
  }
  if (name == kEmail) {
    return std::string(kByEmail);
  }
  if (!isUtf8(name)) {
    refuse("must be UTF-8");
  }
  if (countCodePoints(name) > kMaxMetadataKey) {
    refuse("must not be longer than 40 characters, as no metadata key is");
  }
  if (name.find(':') != std::string::npos || hasControl(name)) {
    refuse(
        "must not have a colon or a control character: rename the metadata key in the records, or "
        "use another one");
  }
  return std::string(kByName) + name + ':';
}

APIErrorDetail problem(const char* code, std::string param, std::string message) {
  return {code, std::move(message), std::move(param)};
}

/// Why a value can't be a key: its code and message; an empty code where it can be.
struct Complaint {
  const char* code = nullptr;
  std::string message{};
};

Complaint complaintOf(std::string_view value, std::string_view prefix) {
  if (!isUtf8(value)) {
    return {"invalid_key", "must be UTF-8"};
  }
  if (isBlank(value)) {
    return {"missing_key", "is empty, and is the key: give the record an id of its own"};
  }
  if (hasControl(value)) {
    return {"invalid_key", "has a control character, and is the key: remove it"};
  }
  const std::size_t most = kMaxMetadataValue - countCodePoints(prefix);
  if (countCodePoints(value) > most) {
    return {"invalid_key",
            "is the key, and must not be longer than " + std::to_string(most) +
                " characters: use a shorter id"};
  }
  return {};
}

const std::string* find(const KeyRule::Metadata* metadata, const std::string& name) {
  if (metadata == nullptr) {
    return nullptr;
  }
  const auto found = metadata->find(name);
  return found == metadata->end() ? nullptr : &found->second;
}

const KeyRule::Metadata* metadataOf(const std::optional<KeyRule::Metadata>& metadata) {
  return metadata ? &*metadata : nullptr;
}

/// The digest of an address; empty where the text is none.
std::string digestOf(const std::string& address) {
  const std::string canonical = canonicalAddress(address);
  return canonical.find('@') == std::string::npos ? std::string() : sha256Hex(canonical);
}

}  // namespace

KeyRule::KeyRule(std::string name) : name_(std::move(name)), prefix_(prefixFor(name_)) {}

IdentifiedRecord KeyRule::identify(CandidateIngestRequest& request) const {
  IdentifiedRecord record;
  findKey(request, record);
  return finish(request, std::move(record));
}

IdentifiedRecord KeyRule::identify(CandidateIngestRequest& request,
                                   const std::string& value) const {
  IdentifiedRecord record;
  takeKey(request, value, record);
  return finish(request, std::move(record));
}

IdentifiedRecord KeyRule::finish(CandidateIngestRequest& request, IdentifiedRecord record) const {
  CanonicalContent content = canonicalContent(request);
  if (content.problem) {
    record.problem = std::move(content.problem);
    return record;
  }
  record.content = sha256Hex(content.text);
  if (prefix_ == kByContent) {
    record.key = prefix_ + record.content;
  }
  if (!record.problem) {
    putReference(request, record);
  }
  return record;
}

void KeyRule::findKey(const CandidateIngestRequest& request, IdentifiedRecord& record) const {
  if (prefix_ == kByContent) {
    return;
  }
  if (prefix_ == kByEmail) {
    const std::string digest = digestOf(request.email);
    if (digest.empty()) {
      record.problem = problem("invalid_key",
                               "email",
                               "is the key, and is not an e-mail address: correct it, or use "
                               "another key");
    } else {
      record.key = prefix_ + digest;
    }
    return;
  }
  const std::string* value = find(metadataOf(request.metadata), name_);
  if (value == nullptr) {
    record.problem = problem("missing_key",
                             "metadata",
                             "must have the key \"" + name_ +
                                 "\", which says who the record is: add it, or use another key");
    return;
  }
  Complaint complaint = complaintOf(*value, prefix_);
  if (complaint.code != nullptr) {
    record.problem = problem(complaint.code, "metadata." + name_, std::move(complaint.message));
  } else {
    record.key = prefix_ + *value;
  }
}

void KeyRule::takeKey(const CandidateIngestRequest& request, const std::string& value,
                      IdentifiedRecord& record) const {
  if (prefix_ == kByContent || prefix_ == kByEmail) {
    record.problem = problem("other_key",
                             "key",
                             "can't be used, since the posting's journal goes by the records' " +
                                 std::string(prefix_ == kByEmail ? "addresses" : "content") +
                                 ": use another journal");
    return;
  }
  Complaint complaint = complaintOf(value, prefix_);
  const std::string* own = find(metadataOf(request.metadata), name_);
  if (complaint.code != nullptr) {
    record.problem = problem(complaint.code, "key", std::move(complaint.message));
  } else if (own != nullptr && *own != value) {
    record.problem = problem(
        "other_key", "metadata." + name_, "is not the record's key: correct the one or the other");
  } else {
    record.key = prefix_ + value;
  }
}

void KeyRule::putReference(CandidateIngestRequest& request, IdentifiedRecord& record) const {
  const bool is_own = name_ == kReference;  // then its value is the reference
  const std::string reference = is_own ? record.key.substr(prefix_.size()) : record.key;
  if (const std::string* own = find(metadataOf(request.metadata), kReference)) {
    if (*own != reference) {
      record.problem = problem("other_reference",
                               std::string("metadata.") + kReference,
                               "is not the record's key, and the name is reserved for it: remove "
                               "it, or, if it is an id of your own, use heymilo_ref as the key");
    }
    return;
  }
  const std::size_t keys = request.metadata ? request.metadata->size() : 0;
  if (keys >= kMaxMetadataKeys) {
    record.problem = problem("no_room_for_key",
                             "metadata",
                             "has " + std::to_string(keys) + " keys: remove " +
                                 std::to_string(keys - kMaxMetadataKeys + 1) +
                                 ", since heymilo_ref needs room (50 are allowed)");
    return;
  }
  if (!request.metadata) {
    request.metadata.emplace();
  }
  request.metadata->emplace(kReference, reference);
}

RecognisedKey KeyRule::identify(const std::string* email, const Metadata* metadata) const {
  RecognisedKey shown;
  const std::string* reference = find(metadata, kReference);
  if (reference != nullptr) {
    shown.reference = classify(*reference, prefix_);
    if (name_ == kReference) {  // whatever the value is, it is the records' own
      shown.reference = Reference::key;
    } else if (shown.reference == Reference::key) {
      shown.key = *reference;
      return shown;
    }
  }
  if (prefix_ == kByEmail) {
    shown.known = email != nullptr;
    const std::string digest = email != nullptr ? digestOf(*email) : std::string();
    if (!digest.empty()) {
      shown.key = prefix_ + digest;
    }
  } else if (prefix_ != kByContent) {
    const std::string* value = find(metadata, name_);
    if (value != nullptr && complaintOf(*value, prefix_).code == nullptr) {
      shown.key = prefix_ + *value;
    }
  }
  return shown;
}

RecognisedKey KeyRule::identify(const CandidateResponse& candidate) const {
  return identify(&candidate.email, metadataOf(candidate.metadata));
}

RecognisedKey KeyRule::identify(const UnreadableCandidate& candidate) const {
  const auto& faulty = candidate.unreadable_properties;
  const auto isReadable = [&](const char* property) {
    return !faulty.empty() && std::find(faulty.begin(), faulty.end(), property) == faulty.end();
  };
  RecognisedKey shown;
  // Of something that is not an object, no property is readable, though optional ones are not
  // listed.
  const bool is_object = candidate.readable.is_object() && !candidate.readable.empty();
  shown.known = is_object && isReadable("metadata");
  if (!shown.known) {
    return shown;
  }
  std::optional<Metadata> metadata;
  const auto of_metadata = candidate.readable.find("metadata");
  if (of_metadata != candidate.readable.end() && of_metadata->is_object()) {
    metadata = of_metadata->get<Metadata>();
  }
  std::optional<std::string> email;
  if (isReadable("email")) {
    email = candidate.readable.at("email").get<std::string>();
  }
  return identify(email ? &*email : nullptr, metadataOf(metadata));
}

}  // namespace heymilo::workflows
