#include "bulk/summary.hpp"

#include "bulk/progress.hpp"
#include "support/printable.hpp"

namespace bulk {

namespace {

using heymilo::workflows::BulkIngestResult;
using heymilo::workflows::RecordReport;

std::string reportLocation(const Arguments& arguments) {
  if (arguments.report == "-") {
    return " on standard output";
  }
  return arguments.report.empty() ? " (run again with --report FILE: nothing is sent again)"
                                  : " " + support::printable(arguments.report);
}

std::string counts(const Arguments& arguments, const BulkIngestResult& result) {
  std::string text = grouped(result.records) + (result.records == 1 ? " record: " : " records: ");
  text += arguments.async ? grouped(result.queued) + " queued, " : "";
  text += grouped(result.ingested) + " ingested, ";
  const auto count = [&](std::uint64_t number, const char* what) {
    text += number == 0 ? "" : grouped(number) + what;
  };
  count(result.known, " known, ");
  count(result.changed, " changed, ");
  count(result.duplicate, " duplicate, ");
  return text + grouped(result.rejected) + " rejected, " + grouped(result.unresolved) +
         " unresolved; " + grouped(result.requests) +
         (result.requests == 1 ? " request\n" : " requests\n");
}

}  // namespace

bool isClean(const BulkIngestResult& result) {
  return result.complete && result.rejected == 0 && result.changed == 0;
}

std::string howToResume() {
  return "Everything sent so far is in the journal. Run the same command again to resume: "
         "nothing is sent twice.\n";
}

std::string rejectedLines(const std::vector<RecordReport>& rejected, std::uint64_t all) {
  std::string lines;
  for (const RecordReport& record : rejected) {
    const heymilo::APIErrorDetail why = record.error.value_or(heymilo::APIErrorDetail{});
    lines += "  record " + std::to_string(record.index + 1) +
             (record.line ? " (line " + std::to_string(*record.line) + ')' : "") + ": ";
    lines += support::printable(why.code == "invalid_record"
                                    ? why.message
                                    : why.param.value_or("") + " (" + why.code + ')');
    lines += '\n';
  }
  return lines +
         (all > rejected.size() ? "  and " + grouped(all - rejected.size()) + " more\n" : "");
}

std::string summary(const Arguments& arguments, const BulkIngestResult& result,
                    const std::vector<RecordReport>& rejected, const std::string& journal) {
  if (arguments.quiet && isClean(result)) {
    return {};
  }
  if (result.records == 0 && !result.stopped) {
    return "no records in " + support::printable(arguments.file) + ".\n";
  }
  std::string text = counts(arguments, result);
  if (result.changed != 0) {
    text +=
        "The changed records are in the posting with other content. They were not sent, "
        "since the API has no update.\n";
  }
  if (result.rejected != 0) {
    text += rejectedLines(rejected, result.rejected);
    text += "The rejected records, with the reasons, are in the report" +
            reportLocation(arguments) +
            ". Correct them and run again: the others are not sent again.\n";
  }
  if (result.unresolved != 0) {
    text +=
        "Whether the unresolved records were ingested is not known yet. The next run looks for "
        "them in the posting before it sends any of them again. They are in the report" +
        reportLocation(arguments) + ".\n";
  }
  if (result.stopped) {
    text += "Stopped before the end. " + howToResume();
  } else if (!arguments.quiet) {
    text += "The journal is " + journal + ".\n";
  }
  return text;
}

}  // namespace bulk
