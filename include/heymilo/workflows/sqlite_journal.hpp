#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "heymilo/workflows/journal.hpp"

namespace heymilo::workflows {

/// The journal in an SQLite file, for any number of workers in any number of processes of one
/// machine and one user. Opens the file, or makes it, readable by its owner only. Throws StoreError
/// for anything that is not a regular file with a journal; a database with other tables only is
/// left as it is.
///
/// FILE holds the tables `heymilo_…`; other tables may be beside them. FILE-run, beside it, holds
/// no data, but says which state of FILE is the last one, and has the locks by which workers know
/// each other to live: the operating system drops them with the process, however that ends. Systems
/// without such locks (F_OFD_SETLK: all but Linux) wait for JournalJoin::outlast instead.
///
/// With each transaction, FILE and FILE-run get the same new number. So FILE is found to be
/// `restored`, and is adopted anew, where it is a copy of an earlier moment, where FILE-run is
/// missing, and where both are copies in other files. After a power failure this may be so although
/// nothing was lost. A worker that is running finds any copy from before its own last write;
/// otherwise these are not found: both files overwritten in place, a disk that went back to an
/// earlier state as a whole, and a copy without the last transaction alone, if its process was
/// killed within the microseconds after it or the system has no such locks.
///
/// What was deleted, replaced or truncated while it is open throws StoreError, as do all functions
/// in a child of fork(), which has to open the file itself.
std::shared_ptr<Journal> sqliteJournal(const std::string& file);

/// The journal of an API and a posting where bulkIngest() is given none:
/// `${XDG_STATE_HOME:-$HOME/.local/state}/heymilo/HOST/POSTING.journal`. Nothing is made. In a
/// name, a byte that is not a letter, digit, `.`, `-` or `_` is `%` and two hexadecimal digits.
/// Throws InvalidArgumentError (`journal`) where the environment names no folder.
std::string defaultJournalFile(std::string_view base_url, std::string_view posting_id);

}  // namespace heymilo::workflows
