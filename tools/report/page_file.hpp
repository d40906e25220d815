#pragma once

#include <string>

namespace report {

/// Writes a page to a file, as a whole: whoever reads the file has the old page or the new one. It
/// is written under another name in the same folder, and renamed. A symbolic link stays one. What
/// is not a regular file, such as a device, is written directly.
///
/// `personal_data`: the file is readable by its owner only. Otherwise it keeps the mode that it
/// had, and a new one has that of the umask.
///
/// Throws UsageError where the file is an SQLite database, and OutputError with the reason where it
/// can't be written: a regular file is then as it was.
void writePage(const std::string& file, const std::string& page, bool personal_data);

}  // namespace report
