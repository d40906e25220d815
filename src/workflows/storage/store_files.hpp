#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heymilo::workflows::sqlite {

/// Checks that a database's open files still have their names. A file that was deleted, moved or
/// replaced can still be written, but the data is lost.
class StoreFiles {
 public:
  /// Records the files. The first is the database; the others belong to it. `only_grows`: no other
  /// process may truncate the database.
  StoreFiles(std::vector<std::string> paths, bool only_grows);

  /// Throws StoreError with the file and the change.
  void require();
  /// The same for the database's length only. Call it before each write: a write would restore the
  /// length, with a hole.
  void requireLength();
  /// To be called after a write.
  void noteLength();

 private:
  /// Empty if unknown: the file does not exist, or the system has no such concept.
  struct Identity {
    std::uint64_t device = 0, file = 0;
    std::int64_t size = 0;
  };
  struct Known {
    std::string path;
    std::optional<Identity> identity;
  };
  static std::optional<Identity> identityOf(const std::string& path);
  void requireLength(Known& known, const Identity& found) const;
  [[noreturn]] void fail(const std::string& path, const char* what) const;

  std::vector<Known> files_;
  bool only_grows_;
};

}  // namespace heymilo::workflows::sqlite
