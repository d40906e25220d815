#pragma once

namespace heymilo {

/// A file descriptor that a child of fork() closes at once, before fork() returns there and whether
/// it ever uses it or not: so that a child keeps nothing open, and no lock in force, of its
/// parent's. In a child this object has no descriptor any more. All functions may be called by any
/// thread.
class ClosedInChildren {
 public:
  /// Calls `open`, which returns a descriptor, or less than 0 and sets errno; no fork() comes
  /// between that and this object's having it.
  explicit ClosedInChildren(int (*open)(const void*), const void* argument);
  /// The same for a function object, which must not throw.
  template <class Open>
  explicit ClosedInChildren(const Open& open)
      : ClosedInChildren(
            [](const void* function) { return (*static_cast<const Open*>(function))(); }, &open) {}
  /// Closes the descriptor.
  ~ClosedInChildren();
  ClosedInChildren(const ClosedInChildren&) = delete;
  ClosedInChildren& operator=(const ClosedInChildren&) = delete;

  /// Less than 0 where there is none.
  int get() const noexcept { return descriptor_; }

 private:
  static void closeAll() noexcept;

  int descriptor_ = -1;
  ClosedInChildren* next_ = nullptr;
  ClosedInChildren* previous_ = nullptr;
};

}  // namespace heymilo
