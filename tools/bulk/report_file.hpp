#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bulk {

/// Where a report goes: `-` is standard output. Made before anything is sent, so that what can't be
/// written is known in time.
///
/// - What is not a regular file (a device, a pipe), and a descriptor such as /dev/stdout or
///   /dev/fd/3, is written through.
/// - A regular file gets its new contents as a whole, when they are complete, or keeps the old
/// ones.
///   It keeps its mode and its owner, and a symbolic link that leads to it stays one. Where that
///   can't be, since its folder can't be written, it is another user's, or it has several names, it
///   is written in place.
/// - A new file is for its owner alone: a report holds links to interviews.
///
/// - What has come to its name during the run is left alone, and so is an SQLite database.
///
/// All functions throw support::OutputError, which says why; the constructor also
/// UsageError for a database, and Stopped where waiting for the reader of a FIFO was ended.
class ReportFile {
 public:
  explicit ReportFile(const std::string& file);
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  void write(std::string_view text);
  /// The report is there now. Without it, a regular file is as it was.
  void finish();

  class Target;

 private:
  std::unique_ptr<Target> target_;
};

}  // namespace bulk
