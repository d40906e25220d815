#pragma once

#include <heymilo/client.hpp>
#include <heymilo/workflows/journal.hpp>
#include <memory>
#include <string>

namespace bulk {

/// The journal in PostgreSQL that a `--journal` names by its URL; nullptr for a file. Throws
/// UsageError in a build without PostgreSQL, and InvalidArgumentError for a URL that can't be read.
std::shared_ptr<heymilo::workflows::Journal> postgresJournal(const std::string& journal);

/// The file of a `--journal`: the default one where it is empty; empty where it is a URL.
std::string journalFile(const std::string& journal, const heymilo::Client& client,
                        const std::string& posting_id);

/// For people: the file, or the database without credentials. Printable.
std::string journalName(const std::string& journal, const heymilo::Client& client,
                        const std::string& posting_id);

}  // namespace bulk
