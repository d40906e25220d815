#include "bulk/open_journal.hpp"

#include <heymilo/workflows/sqlite_journal.hpp>

#include "support/database_url.hpp"
#include "support/printable.hpp"

#ifdef HEYMILO_TOOLS_WITH_POSTGRES
#include <heymilo/postgres/journal.hpp>
#else
#include "support/program.hpp"
#endif

namespace bulk {

std::shared_ptr<heymilo::workflows::Journal> postgresJournal(const std::string& journal) {
  if (!support::isPostgresUrl(journal)) {
    return nullptr;
  }
#ifdef HEYMILO_TOOLS_WITH_POSTGRES
  return heymilo::postgres::journal(journal);
#else
  throw support::UsageError(
      "this program was built without PostgreSQL, which --journal asks for.\n"
      "Build it with libpq (HEYMILO_BUILD_POSTGRES), or give the journal as a file: it serves all "
      "processes of one machine.");
#endif
}

std::string journalFile(const std::string& journal, const heymilo::Client& client,
                        const std::string& posting_id) {
  if (support::isPostgresUrl(journal)) {
    return {};
  }
  return journal.empty() ? heymilo::workflows::defaultJournalFile(client.baseUrl(), posting_id)
                         : journal;
}

std::string journalName(const std::string& journal, const heymilo::Client& client,
                        const std::string& posting_id) {
  if (!support::isPostgresUrl(journal)) {
    return support::printable(journalFile(journal, client, posting_id));
  }
  const std::string place = support::withoutCredentials(journal);
  return place.empty() ? "the database of --journal" : support::printable(place);
}

}  // namespace bulk
