#pragma once

#include <string>

namespace heymilo::postgres {

/// The version of the tables and functions below, in heymilo.version.
constexpr long long kJournalVersion = 1;

/// The parts of journalScript(), in their order. Each of the functions heymilo.journal_join(),
/// beat(), claim(), settle(), search(), recognise(), release() and leave() is an operation of
/// workflows::Journal: it takes a jsonb and returns a json, as journal_messages.hpp makes and reads
/// them.
extern const char* const kJournalTables;
extern const char* const kJournalWorkers;
extern const char* const kJournalClaims;
extern const char* const kJournalSearches;

/// Makes the schema `heymilo`, the tables of the journal and its functions, where they are missing:
/// one transaction, which several may begin in parallel.
std::string journalScript();

/// The operation of Journal::forget(), as one statement: `$1` is the posting, `$2` the keys and
/// their interview_ids. It counts the keys that were forgotten. `outbox`: there is one.
std::string forgetKeysSql(bool outbox);

}  // namespace heymilo::postgres
