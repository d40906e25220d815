#include "bulk/report.hpp"

#include <nlohmann/json.hpp>
#include <optional>

namespace bulk {

namespace {

using heymilo::workflows::RecordReport;
using heymilo::workflows::RecordState;

nlohmann::ordered_json lineOf(RecordReport record) {
  if (record.state == RecordState::unsent) {
    record.state = RecordState::unresolved;
    record.error =
        heymilo::APIErrorDetail{"unsent", "not sent yet: run again with the same journal"};
  }
  nlohmann::ordered_json line = {{"index", record.index}};
  if (record.line) {
    line["line"] = *record.line;
  }
  line["outcome"] = toString(record.state);
  const auto put = [&](const char* key, const std::optional<std::string>& value) {
    if (value) {
      line[key] = *value;
    }
  };
  put("interview_id", record.interview_id);
  put("interview_url", record.interview_url);
  put("ingestion_id", record.ingestion_id);
  if (record.error) {
    line["error"] = {{"code", record.error->code}, {"message", record.error->message}};
    nlohmann::ordered_json& param = line["error"]["param"];  // null
    if (record.error->param) {
      param = *record.error->param;
    }
  }
  return line;
}

}  // namespace

std::string reportLine(const RecordReport& record) {
  // A server's message may contain invalid UTF-8; the report must still be readable.
  return lineOf(record).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
         '\n';
}

}  // namespace bulk
