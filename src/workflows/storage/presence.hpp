#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heymilo::workflows {

/// Shows to other processes that somebody uses a journal in this directory, by a lock of the kernel
/// on a byte of the directory itself: it stays when the journal and the files beside it are deleted
/// or replaced, and is not found in a new directory of the same name. Elsewhere than on Linux,
/// nobody is seen.
class Presence {
 public:
  /// `file`: in the directory.
  explicit Presence(const std::string& file);
  ~Presence();
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  /// Shows it, by this byte, until this object ends. Once.
  void show(std::int64_t byte);
  /// The bytes of all others in the directory, in this process or another one. Empty where that is
  /// not known, or this one can't be seen by others.
  std::optional<std::vector<std::int64_t>> others() const;

 private:
  class Descriptor;
  std::unique_ptr<Descriptor> directory_;
  bool shown_ = false;
};

}  // namespace heymilo::workflows
