#pragma once

#include <cstdint>
#include <string>

namespace heymilo::workflows::sqlite {

class Database;

/// Notices that somebody has truncated a database that several processes write, or its write-ahead
/// log. SQLite itself makes both shorter: after a VACUUM, a checkpoint, or a killed process. So a
/// file that is shorter than it was is compared with what SQLite says of it. A database that is
/// truncated while a transaction is committed gets its length back, with holes: it takes less of
/// the disk than before, and is then checked as a whole. For one thread at a time. Throws
/// StoreError with the file's name.
class LengthWatch {
 public:
  /// `database`: the path, without links. It must exist.
  explicit LengthWatch(const std::string& database);

  /// Throws where a file was truncated. Otherwise, and as a rule, two calls of the system.
  void require();

 private:
  enum class Finding { as_it_should_be, truncated, not_known };

  Finding compare(bool may_have_holes) const;
  Finding compareWithLog(Database& database) const;

  const std::string database_, log_;
  std::int64_t database_length_ = 0, database_blocks_ = 0, log_length_ = 0;  // as seen last
};

}  // namespace heymilo::workflows::sqlite
