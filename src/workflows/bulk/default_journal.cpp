#include "workflows/bulk/default_journal.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#ifndef _WIN32
#include <sys/stat.h>
#endif

#include "base/ascii.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

namespace {

namespace fs = std::filesystem;

/// An absolute path of the environment; empty where there is none.
fs::path variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  const fs::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : fs::path();
}

std::string fileNameOf(std::string_view text) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string name;
  for (const char c : text) {
    const bool dot = c == '.' && !name.empty();
    if (ascii::isLetter(c) || ascii::isDigit(c) || c == '-' || c == '_' || dot) {
      name += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += {'%', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    }
  }
  return name;
}

/// Host and port of a URL.
std::string_view hostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  url.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
  return url.substr(0, url.find('/'));
}

void make(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) {
    return;
  }
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    make(folder.parent_path());
  }
#ifdef _WIN32
  fs::create_directory(folder, error);
#else
  if (::mkdir(folder.c_str(), S_IRWXU) != 0) {
    error = std::error_code(errno, std::generic_category());
  }
#endif
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {  // another process may have made it
    throw StoreError("can't make " + folder.string() + ", for the journal: " + error.message());
  }
}

}  // namespace

std::string defaultJournalFile(std::string_view base_url, std::string_view posting_id) {
  fs::path state = variable("XDG_STATE_HOME");
  if (state.empty()) {
    const fs::path home = variable("HOME");
    if (home.empty()) {
      throw InvalidArgumentError("journal",
                                 "must be set, since neither XDG_STATE_HOME nor HOME names the "
                                 "folder of the default journal");
    }
    state = home / ".local" / "state";
  }
  const fs::path folder = state / "heymilo" / fileNameOf(hostOf(base_url));
  return (folder / (fileNameOf(posting_id) + ".journal")).string();
}

std::string defaultJournal(std::string_view base_url, std::string_view posting_id) {
  std::string file = defaultJournalFile(base_url, posting_id);
  make(fs::path(file).parent_path());
  return file;
}

}  // namespace heymilo::workflows
