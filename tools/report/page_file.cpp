#include "report/page_file.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "support/distinct_files.hpp"
#include "support/output.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bulk/new_file.hpp"
#endif

namespace report {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string& file, int error) {
  throw support::OutputError("can't write " + support::printable(file) + ": " +
                             std::generic_category().message(error));
}

/// Throws UsageError where the file begins as SQLite's do: a database, its log or its journal.
void refuseDatabase(const std::string& file) {
  using namespace std::string_view_literals;
  std::string front(16, '\0');
  std::ifstream(file, std::ios::binary).read(front.data(), 16);
  for (const std::string_view mark : {"SQLite format 3\0"sv,
                                      "\x37\x7f\x06\x82"sv,
                                      "\x37\x7f\x06\x83"sv,
                                      "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"sv}) {
    if (front.compare(0, mark.size(), mark) == 0) {
      throw support::UsageError("the page would overwrite " + support::printable(file) +
                                ": it is an SQLite database.\nUse another file for --output. "
                                "Nothing was changed.");
    }
  }
}

}  // namespace

#ifdef _WIN32

void writePage(const std::string& file, const std::string& page, bool /*personal_data*/) {
  refuseDatabase(file);
  const std::string unfinished = file + ".tmp";
  std::ofstream out(unfinished, std::ios::binary);
  out << page;
  out.close();
  std::error_code error;
  if (out) {
    fs::rename(unfinished, file, error);
  }
  if (!out || error) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    fail(file, EIO);
  }
}

#else

namespace {

void writeThrough(const std::string& file, const std::string& page) {
  bulk::Descriptor out(::open(file.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
  int error = out.open() ? out.write(page) : errno;
  error = error == 0 ? out.flush() : error;
  error = error == 0 ? out.close() : error;
  if (error != 0) {
    fail(file, error);
  }
}

mode_t modeFor(const struct stat* existing, bool personal_data) {
  constexpr mode_t kOwner = 0600;
  constexpr mode_t kEverybody = 0666;
  constexpr mode_t kRights = 0777;
  if (personal_data) {
    return kOwner;
  }
  if (existing != nullptr) {
    return existing->st_mode & kRights;
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return kEverybody & ~mask;
}

}  // namespace

void writePage(const std::string& file, const std::string& page, bool personal_data) {
  struct stat found {};
  const bool there = ::stat(file.c_str(), &found) == 0;
  if (there && S_ISDIR(found.st_mode)) {
    fail(file, EISDIR);
  }
  if (there && !S_ISREG(found.st_mode)) {
    writeThrough(file, page);
    return;
  }
  if (there) {
    refuseDatabase(file);
  }
  const std::string path = support::FileIdentity::of(file).path();  // with links resolved
  const fs::path folder = fs::path(path).parent_path();
  bulk::NewFile made(folder.empty() ? std::string(".") : folder.string());
  int error = made.error();
  if (error == 0 && there && (found.st_uid != ::geteuid() || found.st_gid != ::getegid())) {
    // Where this is not allowed, the page is this user's.
    static_cast<void>(::fchown(made.descriptor().get(), found.st_uid, found.st_gid) == 0);
  }
  if (error == 0) {
    error = made.descriptor().write(page);
  }
  if (error == 0 &&
      ::fchmod(made.descriptor().get(), modeFor(there ? &found : nullptr, personal_data)) != 0) {
    error = errno;
  }
  error = error == 0 ? made.complete() : error;
  error = error == 0 ? made.putInPlace(path) : error;
  if (error != 0) {
    fail(file, error);
  }
}

#endif

}  // namespace report
