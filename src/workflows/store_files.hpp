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
  /// `only_grow`: nobody else may make them shorter.
  StoreFiles(std::vector<std::string> paths, bool only_grow);

  /// Throws StoreError, which says which file and what became of it.
  void require();

 private:
  /// Empty where it can't be told: there is no such file, or the system has no such notion.
  struct Identity {
    std::uint64_t device = 0, file = 0;
    std::int64_t size = 0;
  };
  struct Known {
    std::string path;
    std::optional<Identity> identity;
    bool is_log;
    char first;  // byte of the log; 0: it is empty
  };
  static std::optional<Identity> identityOf(const std::string& path);
  static char firstByteOf(const std::string& path);
  bool lostItsBeginning(const Known& known) const;
  [[noreturn]] void fail(const std::string& path, const char* what) const;

  std::vector<Known> files_;
  bool only_grow_;
};

}  // namespace heymilo::workflows::sqlite
