#pragma once

#include <string>

namespace heymilo::postgres {

/// What a role may read beside the candidates and their history.
struct ReaderRights {
  bool state = false;       ///< of heymilo.mirror: posting, watermark_us, walk
  bool tombstones = false;  ///< heymilo.candidate_tombstones
  bool walks = false;       ///< and its last_walk
};

/// Result: 1 if there is the table of a mirror.
extern const char* const kFindMirror;
/// Where there is one. Result: the members of ReaderRights, 0 or 1.
extern const char* const kRights;
/// Result: a posting a row, as storedText(), sorted.
const char* postingsSql(const ReaderRights& rights);
/// $1: the posting, $2: how far back the changes go, in microseconds. One statement, as its parts
/// have to see one state of the database. Result: an array of JSON a row, whose first element says
/// what it is: `candidate`, `change`, `counts`, `state` or `erased`. Times are in microseconds.
std::string figuresSql(const ReaderRights& rights, bool with_names);

}  // namespace heymilo::postgres
