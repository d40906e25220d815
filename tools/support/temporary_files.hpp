#pragma once

#include <string>
#include <vector>

namespace support {

/// Temporary files: removed by the destructor if they exist, and also when a signal ends the
/// process immediately (see Interrupt). There are few at a time.
class TemporaryFiles {
 public:
  explicit TemporaryFiles(std::vector<std::string> paths);
  ~TemporaryFiles();
  TemporaryFiles(const TemporaryFiles&) = delete;
  TemporaryFiles& operator=(const TemporaryFiles&) = delete;

 private:
  const std::vector<std::string> paths_;
};

/// Removes the files of all objects. Async-signal-safe.
void removeTemporaryFiles() noexcept;

}  // namespace support
