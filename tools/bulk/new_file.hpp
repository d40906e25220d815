#pragma once

#include <string>
#include <string_view>

namespace bulk {

/// A descriptor, which the object closes, with a buffer. The functions return 0, or the errno of a
/// failure. POSIX only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const noexcept { return fd_; }
  bool open() const noexcept { return fd_ >= 0; }

  /// Waits for a slow reader, and gives up like support::writeAll().
  int write(std::string_view text);
  int flush();
  int close();

 private:
  int fd_ = -1;
  std::string pending_;
};

/// A new file in a directory, readable by its owner only. If the system supports it, the file has
/// no name until it is complete: nothing is left of it, however the process ends. POSIX only.
class NewFile {
 public:
  explicit NewFile(std::string folder);
  ~NewFile() { removeName(); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  int error() const noexcept { return error_; }  ///< why it was not created; 0 on success
  Descriptor& descriptor() noexcept { return descriptor_; }

  /// Flushes everything to disk. Returns 0, or the errno of a failure.
  int complete();
  /// After complete(): replaces `path` with it. Returns 0, or the errno of a failure; `path` is
  /// then unchanged.
  int putInPlace(const std::string& path);
  /// The alternative after complete(): overwrites the contents of `file`, and flushes to disk.
  /// Returns 0, or the errno of a failure.
  int copyInto(Descriptor& file);

 private:
  int giveName();
  void removeName();

  std::string folder_, name_;
  Descriptor descriptor_;
  int error_ = 0;
};

}  // namespace bulk
