#pragma once

#include <string>

namespace heymilo::workflows::sqlite {

class Database;

/// Overwrites what is left in the pages of a table of rows that were deleted or changed. SQLite's
/// secure_delete, which the connection must have, overwrites a row where it is, and not the copies
/// that stay behind where pages were split or merged. Here all rows are written anew, which needs
/// no VACUUM: the file may be an application's own. No trigger sees it. In the middle of a
/// transaction, without open statements. A million rows take about eight seconds. Nothing is done
/// where there is no such table.
void overwriteTable(Database& database, const std::string& table);

}  // namespace heymilo::workflows::sqlite
