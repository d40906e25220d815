#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <system_error>

#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/bulk/journal_tables.hpp"
#include "workflows/bulk/record_state.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

using sqlite::Statement;

void reportOf(const std::string& journal, const std::function<void(const RecordReport&)>& tell) {
  if (std::error_code error; !std::filesystem::exists(journal, error)) {
    throw StoreError("there is no journal " + journal);
  }
  sqlite::Database database(journal);
  if (!journal_tables::present(database)) {
    throw journal_tables::notAJournal(journal);
  }
  const std::string line = journal_tables::hasLines(database) ? "line" : "NULL";
  Statement select(database,
                   "SELECT idx, state, interview_id, interview_url, ingestion_id, error_code,"
                   " error_message, error_param, by_email, " +
                       line + " FROM record ORDER BY idx");
  const auto text_in = [&](int column) {
    return select.isNull(column) ? std::nullopt : std::optional<std::string>(select.text(column));
  };
  while (select.step()) {
    RecordReport report;
    report.index = static_cast<std::uint64_t>(select.integer(0));
    report.line = journal_tables::lineIn(select, 9);
    report.state = recordStateOf(select.text(1));
    if (report.state == RecordState::ingested) {
      report.interview_id = text_in(2);
      report.interview_url = text_in(3);
    } else if (report.state == RecordState::queued) {
      report.ingestion_id = text_in(4);
    } else if (report.state == RecordState::in_flight) {
      report.state = RecordState::unresolved;
      report.error = APIErrorDetail{"in_flight",
                                    "sent, but the run ended before the outcome was known:"
                                    " run again with the same journal"};
    } else if (!select.isNull(5)) {
      report.error = APIErrorDetail{select.text(5), select.text(6), text_in(7)};
    }
    report.matched_by_email = select.integer(8) != 0;
    tell(report);
  }
}

}  // namespace heymilo::workflows
