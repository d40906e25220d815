#pragma once

#include <memory>
#include <string>

namespace heymilo::workflows {

/// Shows to other processes that somebody uses a journal in this directory, by a lock of the kernel
/// on the directory itself: it stays when the journal and the files beside it are deleted or
/// replaced. Elsewhere than on Linux, nobody is seen, and nobody is known to be alone.
class Presence {
 public:
  /// `file`: in the directory. Where the directory can't be opened, others do not see it.
  explicit Presence(const std::string& file);
  ~Presence();
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  /// No other Presence is in the directory, in no process.
  bool alone() const noexcept;

 private:
  class Descriptor;
  std::unique_ptr<Descriptor> directory_;
};

}  // namespace heymilo::workflows
