#pragma once

#include <string>

namespace heymilo {

/// Whether the locks of files are known to be exact there: the file system is of this machine, as
/// ext4 and tmpfs are. False for NFS, SMB and FUSE, and for what is not known. Where the system
/// does not tell (all but Linux), true.
///
/// Of an open file. Throws std::system_error where it can't be looked at.
bool hasExactLocks(int descriptor);
/// Of a file, or of the folder in which it would be made. True where that folder does not exist.
bool hasExactLocks(const std::string& file);

#ifndef __linux__
inline bool hasExactLocks(int /*descriptor*/) { return true; }
inline bool hasExactLocks(const std::string& /*file*/) { return true; }
#endif

}  // namespace heymilo
