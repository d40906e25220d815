#pragma once

#include <string>
#include <vector>

namespace support {

/// Files that are not to stay: they are removed, where they are there, with the object, and also
/// where a signal ends the process at once (see Interrupt). There are few at a time.
class TemporaryFiles {
 public:
  explicit TemporaryFiles(std::vector<std::string> paths);
  ~TemporaryFiles();
  TemporaryFiles(const TemporaryFiles&) = delete;
  TemporaryFiles& operator=(const TemporaryFiles&) = delete;

 private:
  const std::vector<std::string> paths_;
};

/// Removes those of all objects. May be called by a signal handler.
void removeTemporaryFiles() noexcept;

}  // namespace support
