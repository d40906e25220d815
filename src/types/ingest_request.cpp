#include "heymilo/errors.hpp"
#include "heymilo/models/ingest.hpp"

namespace heymilo {

CandidateIngestRequest& CandidateIngestRequest::withPhoneNumber(std::string number) & {
  phone_number = std::move(number);
  return *this;
}

CandidateIngestRequest& CandidateIngestRequest::withMetadata(const std::string& key,
                                                             std::string value) & {
  if (!metadata) {
    metadata.emplace();
  }
  metadata->insert_or_assign(key, std::move(value));
  return *this;
}

CandidateIngestRequest& CandidateIngestRequest::withData(const std::string& key,
                                                         nlohmann::json value) & {
  if (!data) {
    data.emplace(nlohmann::json::object());
  }
  if (!data->is_object()) {
    throw InvalidArgumentError("data", "is not a JSON object: a key can't be set");
  }
  (*data)[key] = std::move(value);
  return *this;
}

}  // namespace heymilo
