#pragma once

#include <string>
#include <string_view>

namespace bulk {

/// A descriptor, which is closed with this, and a buffer before it. The functions return 0, or the
/// errno of what went wrong. POSIX only.
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

  /// Waits for a slow reader, and gives up as support::writeAll() does.
  int write(std::string_view text);
  int flush();
  int close();

 private:
  int fd_ = -1;
  std::string pending_;
};

/// A new file in a folder, for its owner alone, which has no name until it is whole, where the
/// system can do that: so that nothing is left of it, however the process ends. POSIX only.
class NewFile {
 public:
  explicit NewFile(std::string folder);
  ~NewFile() { removeName(); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  int error() const noexcept { return error_; }  ///< why it was not made; 0 where it was
  Descriptor& descriptor() noexcept { return descriptor_; }

  /// Everything written is on disk. 0, or the errno of what went wrong.
  int complete();
  /// Once it is complete(): replaces `path` with it. 0, or the errno of what went wrong;
  /// then it is as it was there.
  int putInPlace(const std::string& path);
  /// The other way once it is complete(): in place of the contents of `file`, on disk. 0, or the
  /// errno of what went wrong.
  int copyInto(Descriptor& file);

 private:
  int giveName();
  void removeName();

  std::string folder_, name_;
  Descriptor descriptor_;
  int error_ = 0;
};

}  // namespace bulk
