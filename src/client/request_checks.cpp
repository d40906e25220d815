#include "client/request_checks.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/api_limits.hpp"
#include "base/utf8.hpp"
#include "call/call_request.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

using namespace api_limits;

void checkUtf8(const std::string& param, std::string_view text) {
  if (!isUtf8(text)) {
    throw InvalidArgumentError(param, "must be UTF-8");
  }
}

void checkDate(const char* param, const std::optional<TimeBound>& bound) {
  try {
    if (bound) {
      formatTimestamp(bound->floor());
      formatTimestamp(bound->ceil());
    }
  } catch (const InvalidArgumentError&) {
    throw InvalidArgumentError(param, "must be within the years 0001 to 9999");
  }
}

/// The place of a request in what is sent: empty, or `data.17.`. Made for an error only.
struct Prefix {
  std::optional<std::size_t> index{};

  std::string operator()() const {
    return index ? "data." + std::to_string(*index) + '.' : std::string();
  }
};

void checkMetadata(const Prefix& prefix, const std::map<std::string, std::string>& metadata) {
  const auto refuse = [&](const char* reason) {
    throw InvalidArgumentError(prefix() + "metadata", reason);
  };
  if (metadata.size() > kMaxMetadataKeys) {
    refuse("must not have more than 50 keys");
  }
  for (const auto& [key, value] : metadata) {
    if (!isUtf8(key)) {
      refuse("must be UTF-8");
    }
    if (countCodePoints(key) > kMaxMetadataKey) {
      refuse("must not have a key of more than 40 characters");
    }
    const auto refuse_value = [&, name = std::string_view(key)](const char* reason) {
      const std::string param = prefix() + "metadata.";
      throw InvalidArgumentError(param + std::string(name), reason, param + '*');
    };
    if (!isUtf8(value)) {
      refuse_value("must be UTF-8");
    }
    if (countCodePoints(value) > kMaxMetadataValue) {
      refuse_value("must not be longer than 500 characters");
    }
  }
}

void checkIngest(const Prefix& prefix, const CandidateIngestRequest& request) {
  if (request.metadata) {
    checkMetadata(prefix, *request.metadata);
  }
  if (request.data && !request.data->is_object()) {
    throw InvalidArgumentError(prefix() + "data", "must be a JSON object");
  }
}

}  // namespace

void checkListParams(const ListCandidatesParams& params) {
  if (params.limit && (*params.limit < kMinPage || *params.limit > kMaxPage)) {
    throw InvalidArgumentError("limit", "must be within 1 to 100");
  }
  if (params.starting_after) {
    if (params.starting_after->empty()) {
      throw InvalidArgumentError("starting_after", "must not be empty");
    }
    checkUtf8("starting_after", *params.starting_after);
  }
  checkDate("created_after", params.created_after);
  checkDate("created_before", params.created_before);
  if (params.created_after && params.created_before &&
      params.created_before->ceil() < params.created_after->floor()) {
    throw InvalidArgumentError("created_before", "must not be earlier than created_after");
  }
}

void checkIngestRequest(const CandidateIngestRequest& request) { checkIngest({}, request); }

void checkBulkIngestRequest(const BulkCandidateIngestRequest& request) {
  if (request.data.empty()) {
    throw InvalidArgumentError("data", "must hold at least one candidate");
  }
  for (std::size_t i = 0; i < request.data.size(); ++i) {
    checkIngest({i}, request.data[i]);
  }
}

void checkPostingId(std::string_view posting_id) { checkPathParameter("posting_id", posting_id); }

}  // namespace heymilo
