#include "bulk/report_file.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/ascii.hpp"
#include "bulk/new_file.hpp"
#include "support/distinct_files.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/stop.hpp"

#ifdef _WIN32
#include <fstream>
#else
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#endif

namespace bulk {

namespace fs = std::filesystem;

class ReportFile::Target {
 public:
  Target() = default;
  virtual ~Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  virtual void write(std::string_view text) = 0;
  virtual void finish() = 0;
};

namespace {

[[noreturn]] void fail(const std::string& file, const std::string& why) {
  throw support::OutputError("can't write the report " + support::printable(file) + ": " + why);
}

[[noreturn]] void fail(const std::string& file, int error) {
  fail(file, std::generic_category().message(error));
}

/// Throws UsageError if the file begins like a file of SQLite: a database, its write-ahead log or
/// its rollback journal.
void refuseDatabase(const std::string& file, const std::string& front) {
  using namespace std::string_view_literals;
  for (const std::string_view mark : {"SQLite format 3\0"sv,
                                      "\x37\x7f\x06\x82"sv,
                                      "\x37\x7f\x06\x83"sv,
                                      "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"sv}) {
    if (front.compare(0, mark.size(), mark) == 0) {
      throw support::UsageError("the report would overwrite " + support::printable(file) +
                                ": it is an SQLite database, perhaps another journal.\nUse another "
                                "file. Nothing was sent, and nothing was changed.");
    }
  }
}

#ifndef _WIN32
/// The first bytes of a readable regular file; empty for any other file.
std::string frontOf(const std::string& path) {
  std::string front(16, '\0');
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) {
    return {};
  }
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  const ssize_t count = file.open() ? ::read(file.get(), front.data(), front.size()) : 0;
  front.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return front;
}
#endif

class StandardOutput : public ReportFile::Target {
 public:
  StandardOutput() {
    support::Output::check();
#ifndef _WIN32
    refuseDatabase("-", frontOf("/dev/fd/" + std::to_string(support::kStandardOutput)));
#endif
  }
  void write(std::string_view text) override { output_.write(text); }
  void finish() override { output_.finish(); }

 private:
  support::Output output_;
};

#ifdef _WIN32

class RegularFile : public ReportFile::Target {
 public:
  explicit RegularFile(std::string file) : file_(std::move(file)), unfinished_(file_ + ".tmp") {
    const bool was_there = fs::exists(file_);
    std::string front(16, '\0');
    std::ifstream(file_, std::ios::binary).read(front.data(), 16);
    refuseDatabase(file_, front);
    if (fs::is_directory(file_) || !std::ofstream(file_, std::ios::app)) {
      fail(file_, EACCES);
    }
    if (!was_there) {
      fs::remove(file_);
    }
    out_.open(unfinished_, std::ios::binary);
  }
  ~RegularFile() override {
    out_.close();
    std::error_code ignored;
    fs::remove(unfinished_, ignored);
  }
  void write(std::string_view text) override { out_ << text; }
  void finish() override {
    out_.close();
    std::error_code error;
    fs::rename(unfinished_, file_, error);
    if (!out_ || error) {
      fail(file_, EIO);
    }
  }

 private:
  std::string file_, unfinished_;
  std::ofstream out_;
};

std::unique_ptr<ReportFile::Target> targetOf(const std::string& file) {
  return std::make_unique<RegularFile>(file);
}

#else

/// A device, a pipe or an inherited descriptor: written directly.
class Through : public ReportFile::Target {
 public:
  Through(std::string file, Descriptor descriptor)
      : file_(std::move(file)), descriptor_(std::move(descriptor)) {}

  void write(std::string_view text) override { check(descriptor_.write(text)); }
  void finish() override {
    check(descriptor_.flush());
    check(descriptor_.close());
  }

 private:
  void check(int error) const {
    if (error != 0) {
      fail(file_, error);
    }
  }

  std::string file_;
  Descriptor descriptor_;
};

class RegularFile : public ReportFile::Target {
 public:
  /// `path` is the resolved path, or the name of a `nameless` file, which only the kernel can
  /// follow; `existing` is the present file.
  RegularFile(std::string file, std::string path, const std::optional<struct stat>& existing,
              bool nameless = false)
      : file_(std::move(file)), path_(std::move(path)), existing_(existing), nameless_(nameless) {
    if (existing_) {
      refuseDatabase(file_, frontOf(path_));
      in_place_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
      if (!in_place_.open()) {
        fail(file_, errno);
      }
    }
    if (!existing_ || (existing_->st_nlink == 1 && !nameless_)) {
      const int error = make();
      made_.reset();  // created only when there is something to write: the run may take hours
      if (error == 0) {
        in_place_ = Descriptor();
      } else if (!existing_) {
        fail(file_, error);
      }
    }
  }

  void write(std::string_view text) override {
    if (!begun_) {
      begun_ = true;
      requireUnchanged();
      check(in_place_.open() ? truncate() : make());
    }
    check((made_ ? made_->descriptor() : in_place_).write(text));
  }

  void finish() override {
    write({});
    if (made_) {
      check(made_->complete());
    }
    requireUnchanged();
    if (made_) {
      const int error = made_->putInPlace(path_);
      if (existing_ && (error == EBUSY || error == EPERM || error == EXDEV)) {
        copy();  // it is a mount point, or its directory does not allow replacing it
      } else {
        check(error);
      }
      return;
    }
    check(in_place_.flush());
    check(in_place_.close());
  }

 private:
  /// With the owner and mode of the replaced file; otherwise 0600. Returns 0, or the errno of a
  /// failure.
  int make() {
    const fs::path folder = fs::path(path_).parent_path();
    made_ = std::make_unique<NewFile>(folder.empty() ? std::string(".") : folder.string());
    if (made_->error() != 0) {
      return made_->error();
    }
    const int made = made_->descriptor().get();
    struct stat now {};
    const bool kept =
        ::fstat(made, &now) == 0 &&
        (!existing_ || (now.st_uid == existing_->st_uid && now.st_gid == existing_->st_gid) ||
         ::fchown(made, existing_->st_uid, existing_->st_gid) == 0) &&
        ::fchmod(made, existing_ ? existing_->st_mode & 07777U : 0600U) == 0;
    return kept ? 0 : errno;
  }

  bool isTheExisting(const struct stat& found) const {
    return existing_ && found.st_dev == existing_->st_dev && found.st_ino == existing_->st_ino;
  }

  /// A file that was created there during the run must not be replaced.
  void requireUnchanged() const {
    struct stat now {};
    const bool there = ::lstat(path_.c_str(), &now) == 0;
    if (!nameless_ && (there != existing_.has_value() || (there && !isTheExisting(now)))) {
      fail(file_, "it was replaced during the run, and is left unchanged");
    }
  }

  void copy() {
    Descriptor file(::open(path_.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat now {};
    check(file.open() && ::fstat(file.get(), &now) == 0 ? 0 : errno);
    check(isTheExisting(now) ? made_->copyInto(file) : EBUSY);
    check(file.close());
  }

  int truncate() const { return ::ftruncate(in_place_.get(), 0) == 0 ? 0 : errno; }

  void check(int error) const {
    if (error != 0) {
      fail(file_, error);
    }
  }

  std::string file_, path_;
  std::optional<struct stat> existing_;
  bool nameless_;
  std::unique_ptr<NewFile> made_;
  Descriptor in_place_;
  bool begun_ = false;
};

bool isNumber(const std::string& text) { return text.size() < 8 && heymilo::ascii::isNumber(text); }

/// The number of this process's descriptor for a name such as /dev/stdout or /dev/fd/3. Opening the
/// name would differ: writing would begin at the front of a file, and not append.
std::optional<int> descriptorOf(const fs::path& path) {
  if (path == "/dev/stdin") {
    return STDIN_FILENO;
  }
  if (path == "/dev/stdout") {
    return STDOUT_FILENO;
  }
  if (path == "/dev/stderr") {
    return STDERR_FILENO;
  }
  const std::string name = path.filename().string();
  if (!isNumber(name) || !path.has_parent_path()) {
    return std::nullopt;
  }
  std::error_code error;
  const fs::path folder = fs::canonical(path.parent_path(), error);
  for (const char* own : {"/proc/self/fd", "/dev/fd", "/proc/thread-self/fd"}) {
    std::error_code missing;
    if (!error && folder == fs::canonical(own, missing) && !missing) {
      return std::stoi(name);
    }
  }
  return std::nullopt;
}

/// Whether a link's text is not the path of its target: such as a link to another process's
/// descriptor, which may be a pipe or a deleted file. `target` is the text.
bool isMisnamed(const struct stat& behind, const fs::path& target) {
  struct stat named {};
  return ::stat(target.c_str(), &named) != 0 || named.st_dev != behind.st_dev ||
         named.st_ino != behind.st_ino;
}

/// A FIFO may have no reader yet: waits for one, and throws Stopped if the wait is ended.
Descriptor openForWriting(const std::string& file, const fs::path& path) {
  constexpr int kPause = 50;  // milliseconds
  for (;;) {
    Descriptor opened(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (opened.open()) {
      ::fcntl(opened.get(), F_SETFL, ::fcntl(opened.get(), F_GETFL) & ~O_NONBLOCK);
      return opened;
    }
    const int error = errno;
    struct stat found {};
    if (error != EINTR &&
        (error != ENXIO || ::stat(path.c_str(), &found) != 0 || !S_ISFIFO(found.st_mode))) {
      fail(file, error);
    }
    pollfd stop{support::stopDescriptor(), POLLIN, 0};
    if (::poll(&stop, 1, kPause) > 0) {
      throw support::Stopped();
    }
  }
}

std::unique_ptr<ReportFile::Target> through(const std::string& file, int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  // A close-on-exec descriptor is this program's own, such as a pipe for signals: it was not
  // inherited.
  const bool own_use = (::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0;
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || own_use) {
    fail(file, EBADF);
  }
  const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (own < 0) {
    fail(file, errno);
  }
  refuseDatabase(file, frontOf("/dev/fd/" + std::to_string(descriptor)));
  return std::make_unique<Through>(file, Descriptor(own));
}

std::unique_ptr<ReportFile::Target> targetOf(const std::string& file) {
  constexpr int kMostLinks = 40;
  fs::path path = file;
  for (int links = 0; links <= kMostLinks; ++links) {
    if (const std::optional<int> descriptor = descriptorOf(path)) {
      return through(file, *descriptor);
    }
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
      if (errno != ENOENT || path.filename().empty()) {
        fail(file, errno);
      }
      return std::make_unique<RegularFile>(file, path.string(), std::nullopt);
    }
    if (S_ISREG(found.st_mode)) {
      return std::make_unique<RegularFile>(file, path.string(), found);
    }
    if (!S_ISLNK(found.st_mode)) {
      return std::make_unique<Through>(file, openForWriting(file, path));
    }
    std::error_code error;
    fs::path target = fs::read_symlink(path, error);
    if (error) {
      fail(file, error.value());
    }
    target = path.parent_path() / target;  // which an absolute target replaces
    if (::stat(path.c_str(), &found) == 0 && isMisnamed(found, target)) {
      if (S_ISREG(found.st_mode)) {
        return std::make_unique<RegularFile>(file, path.string(), found, true);
      }
      return std::make_unique<Through>(file, openForWriting(file, path));
    }
    path = target;
  }
  fail(file, ELOOP);
}

#endif

}  // namespace

ReportFile::ReportFile(const std::string& file)
    : target_(file == "-" ? std::make_unique<StandardOutput>() : targetOf(file)) {}
ReportFile::~ReportFile() = default;

void ReportFile::write(std::string_view text) { target_->write(text); }
void ReportFile::finish() { target_->finish(); }

}  // namespace bulk
