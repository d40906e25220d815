#include "support/candidate_format.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <heymilo/errors.hpp>
#include <utility>
#include <vector>

#include "support/color.hpp"
#include "support/csv.hpp"
#include "support/formula.hpp"
#include "support/json_line.hpp"
#include "support/printable.hpp"
#include "support/table.hpp"

namespace support {

namespace {

using heymilo::CandidateResponse;
using heymilo::Timestamp;

std::string timeText(const std::optional<Timestamp>& moment) {
  if (!moment) {
    return {};
  }
  try {
    return heymilo::formatTimestamp(*moment);
  } catch (const heymilo::InvalidArgumentError&) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(moment->time_since_epoch());
    return std::to_string(seconds.count());  // the year does not fit the four digits of ISO-8601
  }
}

std::string dayText(const std::optional<Timestamp>& moment) {
  const std::string text = timeText(moment);
  return text.substr(0, text.find('T'));
}

std::string scoreText(const std::optional<double>& score) {
  if (!score) {
    return "-";
  }
  char text[32];
  // A score is 0 to 100; anything far from that is shown, but not in three hundred digits.
  std::snprintf(text, sizeof text, std::fabs(*score) < 1e6 ? "%.1f" : "%.3g", *score);
  return text;
}

std::ptrdiff_t stepsCompleted(const heymilo::CandidateWorkflow& workflow) {
  return std::count_if(workflow.steps.begin(), workflow.steps.end(), [](const auto& step) {
    return step.completed;
  });
}

std::string stepsText(const CandidateResponse& candidate) {
  if (!candidate.workflow) {
    return "-";
  }
  return std::to_string(stepsCompleted(*candidate.workflow)) + '/' +
         std::to_string(candidate.workflow->steps.size());
}

/// Green is good, yellow under way, red out; a status that is none of these is left as it is.
std::string paintedStatus(const std::string& text) {
  for (const auto& [status, color] : {std::pair("completed", Color::green),
                                      std::pair("shortlisted", Color::green),
                                      std::pair("in_progress", Color::yellow),
                                      std::pair("evaluating", Color::yellow),
                                      std::pair("dismissed", Color::red),
                                      std::pair("knocked_out", Color::red)}) {
    if (text == status) {
      return inColor(text, color);
    }
  }
  return text;
}

std::string boolText(bool value) { return value ? "true" : "false"; }

}  // namespace

CandidateFormat candidateTable(std::optional<std::size_t> width, bool colored) {
  std::function<std::string(const std::string&)> status;
  if (colored) {
    status = paintedStatus;
  }
  const Table table({{"NAME", Align::left, 16, 32, 7},
                     {"EMAIL", Align::left, 20, 40, 5},
                     {"STATUS", Align::left, 11, 11, 6, status},
                     {"SCORE", Align::right, 5, 5, 4},
                     {"STEPS", Align::right, 5, 5, 3},
                     {"CREATED", Align::left, 10, 10, 2},
                     {"INTERVIEW ID", Align::left, 36, 36, 1}},
                    width);
  return {table.header(), [table](const CandidateResponse& candidate) {
            return table.row({candidate.name,
                              candidate.email,
                              std::string(candidate.status.text()),
                              scoreText(candidate.score),
                              stepsText(candidate),
                              dayText(candidate.created_at),
                              candidate.interview_id});
          }};
}

CandidateFormat candidateJson() {
  return {"", [](const CandidateResponse& candidate) { return jsonLine(candidate); }};
}

CandidateFormat candidateCsv(CsvReader reader) {
  const auto text = [reader](std::string value) {
    if (reader.terminal) {
      value = printable(value);
    }
    return reader.spreadsheet ? withoutFormulas(value) : value;
  };
  const auto record = [reader](const std::vector<std::string>& fields) {
    return csvRecord(fields,
                     reader.spreadsheet ? CsvQuotes::for_spreadsheets : CsvQuotes::where_needed);
  };
  constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";
  const std::vector<std::string> columns = {"interview_id",
                                            "status",
                                            "score",
                                            "steps_completed",
                                            "steps_total",
                                            "shortlisted",
                                            "dismissed",
                                            "created_at",
                                            "interviewed_at",
                                            "name",
                                            "email",
                                            "candidate_id",
                                            "posting_id",
                                            "interview_url",
                                            "metadata"};
  return {(reader.spreadsheet ? kByteOrderMark : "") + record(columns),
          [text, record](const CandidateResponse& c) {
            return record({text(c.interview_id),
                           text(std::string(c.status.text())),
                           c.score ? nlohmann::json(*c.score).dump() : "",
                           c.workflow ? std::to_string(stepsCompleted(*c.workflow)) : "",
                           c.workflow ? std::to_string(c.workflow->steps.size()) : "",
                           boolText(c.shortlisted),
                           boolText(c.dismissed),
                           timeText(c.created_at),
                           timeText(c.interviewed_at),
                           text(c.name),
                           text(c.email),
                           text(c.candidate_id.value_or("")),
                           text(c.posting_id),
                           text(c.interview_url.value_or("")),
                           text(c.metadata ? nlohmann::json(*c.metadata).dump() : "")});
          }};
}

}  // namespace support
