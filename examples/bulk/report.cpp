#include "bulk/report.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

#include "support/json_line.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/temporary_files.hpp"

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
  nlohmann::ordered_json line = {{"index", record.index}, {"outcome", toString(record.state)}};
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
    line["error"]["param"] =
        record.error->param ? nlohmann::ordered_json(*record.error->param) : nullptr;
  }
  if (record.matched_by_email) {
    line["matched_by"] = "email";
  }
  return line;
}

void writeTo(const std::string& journal, const std::function<void(std::string_view)>& write) {
  heymilo::workflows::reportOf(journal, [&](const RecordReport& record) {
    // A server's message may hold anything; a report must be read all the same.
    write(lineOf(record).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
          '\n');
  });
}

std::string unfinishedOf(const std::string& file) { return file + ".unfinished"; }

[[noreturn]] void fail(const std::string& file) {
  throw support::OutputError("can't write the report " + support::printable(file));
}

}  // namespace

void checkReport(const std::string& file) {
  if (file == "-") {
    support::Output::check();
    return;
  }
  std::error_code error;
  const std::string unfinished = unfinishedOf(file);
  const bool was_there = std::filesystem::exists(unfinished, error);
  if (std::filesystem::is_directory(file, error) || !std::ofstream(unfinished, std::ios::app)) {
    fail(file);
  }
  if (!was_there) {
    std::filesystem::remove(unfinished, error);
  }
}

void writeReport(const std::string& journal, const std::string& file) {
  if (file == "-") {
    support::Output output;
    writeTo(journal, [&](std::string_view line) { output.write(line); });
    output.finish();
    return;
  }
  const std::string unfinished = unfinishedOf(file);
  const support::TemporaryFiles temporary({unfinished});  // renamed, or not to stay
  std::ofstream out(unfinished, std::ios::binary);
  writeTo(journal, [&](std::string_view line) { out << line; });
  out.close();
  std::error_code error;
  if (out) {
    std::filesystem::rename(unfinished, file, error);
  }
  if (!out || error) {
    fail(file);
  }
}

}  // namespace bulk
