#include "report/page_file.hpp"

#include <algorithm>
#include <cctype>
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

[[noreturn]] void refuse(const std::string& file, const std::string& reason) {
  throw support::UsageError("the page would overwrite " + support::printable(file) + ": " + reason +
                            ".\nUse another file for --output, or remove this one. Nothing was "
                            "changed.");
}

/// Whether an existing file is empty or begins as an HTML page does. False if it can't be read.
bool isPage(const std::string& file) {
  constexpr std::string_view kBeginning = "<!doctype html";
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return false;
  }
  std::string front(kBeginning.size(), '\0');
  in.read(front.data(), static_cast<std::streamsize>(front.size()));
  if (in.gcount() == 0) {
    return !in.bad();
  }
  std::transform(front.begin(), front.end(), front.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return front == kBeginning;
}

/// Whether it has the name of a file that SQLite, or a run, has next to an existing file. Such a
/// file may be empty.
bool isNextToDatabase(const std::string& file) {
  for (const std::string_view ending : {"-wal", "-shm", "-journal", "-lock"}) {
    std::error_code error;
    if (file.size() > ending.size() &&
        file.compare(file.size() - ending.size(), ending.size(), ending) == 0 &&
        fs::is_regular_file(file.substr(0, file.size() - ending.size()), error)) {
      return true;
    }
  }
  return false;
}

/// Throws UsageError where an existing file may be something else than a page.
void requirePage(const std::string& file, const std::string& path) {
  if (isNextToDatabase(path)) {
    refuse(file, "it belongs to the database of that name");
  }
  if (!isPage(file)) {
    refuse(file, "it is not an HTML page");
  }
}

}  // namespace

#ifdef _WIN32

void writePage(const std::string& file, const std::string& page, bool /*personal_data*/) {
  if (std::error_code error; fs::exists(file, error)) {
    requirePage(file, file);
  }
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
  const std::string path = support::FileIdentity::of(file).path();  // with links resolved
  if (there) {
    requirePage(file, path);
  }
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
