#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace heymilo::workflows::sqlite {

/// That the files that a database has open are still those that their names lead to. A file that
/// was deleted, moved or replaced can be written as before, and what is written is lost.
class StoreFiles {
 public:
  /// Remembers the files as they are. The first is the database; the others belong to it.
  /// `only_grows`: nobody may make the database shorter.
  StoreFiles(std::vector<std::string> paths, bool only_grows);

  /// Throws StoreError, which says which file and what became of it.
  void require();
  /// The same, of the database's length alone: to be asked before it is written, which would make
  /// it as long as before, with a hole.
  void requireLength();
  /// It has been written.
  void noteLength();

 private:
  /// Empty where it can't be told: there is no such file, or the system has no such notion.
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
