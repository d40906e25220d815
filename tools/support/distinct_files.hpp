#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace support {

inline constexpr int kStandardInput = 0;
inline constexpr int kStandardOutput = 1;
inline constexpr int kStandardError = 2;

/// Which file a name or a descriptor stands for, whether it is there yet or not: a file by its
/// device and inode, one that is not there by those of its folder and by its name. Links are
/// followed. Only what can be destroyed counts: not a terminal or another character device, nor a
/// socket.
class FileIdentity {
 public:
  static FileIdentity of(const std::string& name);
  static FileIdentity ofDescriptor(int descriptor);

  /// Where both are names in the same folder, and neither is there, they are the same also where
  /// they differ in upper and lower case only: the file system may take them for one.
  bool sameAs(const FileIdentity& other) const;
  /// The name behind all symbolic links.
  const std::string& path() const noexcept { return path_; }

 private:
  enum class Kind { none, there, missing };

  Kind kind_ = Kind::none;
  std::uint64_t device_ = 0, inode_ = 0;  // of the folder, where it is missing
  std::string name_;                      // in the folder
  std::string path_;
};

/// The files that a program reads and writes, no two of which may be the same one.
class DistinctFiles {
 public:
  /// `otherwise` is what is told beside that two are the same, such as what has not been done.
  explicit DistinctFiles(std::string otherwise) : otherwise_(std::move(otherwise)) {}

  /// `what` is such as `the input`.
  void add(const std::string& what, const std::string& name);
  void addDescriptor(const std::string& what, int descriptor);
  /// An SQLite database, with the files that are made beside it.
  void addDatabase(const std::string& what, const std::string& name);

  /// Throws UsageError where two are the same, and says which. Nothing is made or changed for that.
  void check() const;
  /// The same where standard error is one of them. The messages then go to standard output, or,
  /// where that is one of them too, nowhere.
  void checkMessages() const;

 private:
  struct File {
    std::string what;  // those of a database may be the same by links, and have the same `owner`
    std::string owner;
    FileIdentity identity;
  };
  std::string otherwise_;
  std::vector<File> files_;
};

}  // namespace support
