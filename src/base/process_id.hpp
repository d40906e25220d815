#pragma once

namespace heymilo {

/// Identifies the process: differs between a parent and its child of fork(), however that was made.
/// On Linux without a system call, but for the first time in a process. Thread-safe.
long processId() noexcept;

}  // namespace heymilo
