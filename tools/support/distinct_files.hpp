#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace support {

inline constexpr int kStandardInput = 0;
inline constexpr int kStandardOutput = 1;
inline constexpr int kStandardError = 2;

/// The identity of the file behind a name or a descriptor, whether or not it exists: device and
/// inode of an existing file, otherwise those of its directory, and its name. Links are followed.
/// Only files that can be overwritten count: no terminals, other character devices or sockets.
class FileIdentity {
 public:
  static FileIdentity of(const std::string& name);
  static FileIdentity ofDescriptor(int descriptor);

  /// Two names of missing files in the same directory are also equal if they differ only in case:
  /// the file system may ignore case.
  bool sameAs(const FileIdentity& other) const;
  /// The name with all symbolic links resolved.
  const std::string& path() const noexcept { return path_; }

 private:
  enum class Kind { none, there, missing };

  Kind kind_ = Kind::none;
  std::uint64_t device_ = 0, inode_ = 0;  // of the directory, if the file is missing
  std::string name_;                      // in the directory
  std::string path_;
};

/// The files that a program reads and writes, which must be different.
class DistinctFiles {
 public:
  /// `otherwise`: appended to the error message, such as what has not been done.
  explicit DistinctFiles(std::string otherwise) : otherwise_(std::move(otherwise)) {}

  /// `what` is a description such as `the input`.
  void add(const std::string& what, const std::string& name);
  void addDescriptor(const std::string& what, int descriptor);
  /// An SQLite database, with the files that SQLite creates next to it.
  void addDatabase(const std::string& what, const std::string& name);

  /// Throws UsageError, with both descriptions, if two are the same. Creates and changes nothing.
  void check() const;
  /// The same for standard error. The messages then go to standard output or, if that is one of the
  /// files too, nowhere.
  void checkMessages() const;

 private:
  struct File {
    std::string what;  // a database's own files may be equal by links; they have the same `owner`
    std::string owner;
    FileIdentity identity;
  };
  std::string otherwise_;
  std::vector<File> files_;
};

}  // namespace support
