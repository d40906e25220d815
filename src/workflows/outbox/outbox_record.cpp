#include "workflows/outbox/outbox_record.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

namespace {

BulkRecord unusable(std::string message, std::string param = {}) {
  BulkRecord record;
  record.problem = APIErrorDetail{"invalid_record", std::move(message)};
  if (!param.empty()) {
    record.problem->param = std::move(param);
  }
  return record;
}

/// `data.note` for `/data/note`.
std::string paramOf(const DecodeError& error) {
  std::string param = error.path().substr(error.path().empty() ? 0 : 1);
  std::replace(param.begin(), param.end(), '/', '.');
  return param;
}

}  // namespace

BulkRecord recordOf(const OutboxRow& row) {
  const nlohmann::json json = nlohmann::json::parse(row.request, nullptr, false);
  if (json.is_discarded()) {
    return unusable("the request is not JSON");
  }
  if (!json.is_object()) {
    return unusable("the request is not a JSON object");
  }
  try {
    BulkRecord record;
    record.request = json.get<CandidateIngestRequest>();
    record.key = row.key;
    return record;
  } catch (const DecodeError& error) {
    return unusable(error.what(), paramOf(error));
  }
}

}  // namespace heymilo::workflows
