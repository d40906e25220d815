#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bulk {

/// The destination of a report: `-` is standard output. Opened before anything is sent: an
/// unwritable one is reported in time.
///
/// - Anything but a regular file (a device, a pipe), and a descriptor such as /dev/stdout or
///   /dev/fd/3, is written directly.
/// - A regular file is replaced as a whole, when the new contents are complete, or keeps the old
///   ones. It keeps its mode and owner, and a symbolic link to it is kept. If that is impossible,
///   because its directory is not writable, or it has another owner or several names, it is written
///   in place.
/// - A new file is readable by its owner only: a report contains links to interviews.
///
/// If the file is replaced during the run, the new one is left unchanged, and so is an SQLite
/// database.
///
/// All functions throw support::OutputError with the reason; the constructor also throws UsageError
/// for a database, and Stopped if waiting for the reader of a FIFO was ended.
class ReportFile {
 public:
  explicit ReportFile(const std::string& file);
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  void write(std::string_view text);
  /// Commits the report. Without it, a regular file keeps its contents.
  void finish();

  class Target;

 private:
  std::unique_ptr<Target> target_;
};

}  // namespace bulk
