// Holds the architecture (ARCHITECTURE.md): reads what each file includes, and compares it with
// what its folder may include. The folders of tests/ are those of src/, and each file of src/ has
// its test there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kPublic = "include/heymilo/";

// A folder, and the folders whose files it may include, beside its own and the standard library's.
struct Folder {
  std::string_view path;
  std::string_view may_include;  // names, with a space between them
};

constexpr std::array kFolders = {
    Folder{"src/base/", ""},
    Folder{"src/types/", "src/base/ include/heymilo/"},
    Folder{"src/json/", "src/types/ src/base/ include/heymilo/"},
    Folder{"src/curl/", "src/types/ src/base/ include/heymilo/"},
    // A page with a candidate that can't be read is read again, candidate by candidate.
    Folder{"src/paging/", "src/json/ src/types/ src/base/ include/heymilo/"},
    Folder{"src/call/", "src/json/ src/curl/ src/types/ src/base/ include/heymilo/"},
    Folder{"src/client/",
           "src/call/ src/paging/ src/json/ src/curl/ src/types/ src/base/ include/heymilo/"},
    Folder{"src/workflows/", "src/base/ include/heymilo/"},
    // The interface of a journal is one of workflows.
    Folder{"src/postgres/", "src/workflows/ src/base/ include/heymilo/"},
    Folder{"src/testing/", "src/base/ include/heymilo/"},
    Folder{"tools/", "src/base/ include/heymilo/"},
    // After the folders in it.
    Folder{"include/heymilo/models/", "include/heymilo/"},
    Folder{"include/heymilo/workflows/", "include/heymilo/"},
    Folder{"include/heymilo/postgres/", "include/heymilo/"},
    Folder{"include/heymilo/testing/", "include/heymilo/"},
    Folder{"include/heymilo/", ""},
};

// What a folder's rule would allow, and what must not be.
struct Forbidden {
  std::string_view from;  // how the path begins
  std::string_view to;    // the same
  std::string_view reason;
};

constexpr std::array kForbidden = {
    Forbidden{"src/paging/", "include/heymilo/client.", "paging is handed a loader"},
    Forbidden{"src/paging/", "include/heymilo/transport.", "paging is handed a loader"},
    Forbidden{"src/paging/", "include/heymilo/nonblocking.", "paging is handed a loader"},
    Forbidden{"src/json/", "include/heymilo/client.", "json knows models only"},
    Forbidden{"src/json/", "include/heymilo/transport.", "json knows models only"},
    Forbidden{"src/json/", "include/heymilo/options.", "json knows models only"},
    Forbidden{"src/curl/", "include/heymilo/models", "curl knows no API and no JSON"},
    Forbidden{"src/curl/", "include/heymilo/client.", "curl knows no API and no JSON"},
    Forbidden{"src/types/", "include/heymilo/client.", "a value type knows no client"},
    Forbidden{"src/call/", "include/heymilo/client.", "a call knows no client"},
    Forbidden{"src/call/", "include/heymilo/nonblocking.", "a call knows no client"},
    Forbidden{"src/workflows/bulk/", "src/workflows/mirror/", "each stands alone"},
    Forbidden{"src/workflows/job/", "src/workflows/bulk/", "a job sends nothing"},
    Forbidden{"src/workflows/job/", "src/workflows/mirror/", "each stands alone"},
    Forbidden{"src/workflows/job/", "include/heymilo/client.", "a job sends nothing"},
    Forbidden{"src/workflows/mirror/", "src/workflows/bulk/", "each stands alone"},
    Forbidden{"src/workflows/mirror/", "src/workflows/outbox/", "each stands alone"},
    Forbidden{"src/workflows/bulk/", "src/workflows/outbox/", "an outbox is on top of it"},
    Forbidden{"src/workflows/job/", "src/workflows/outbox/", "an outbox is on top of it"},
    Forbidden{"src/workflows/outbox/", "src/workflows/mirror/", "each stands alone"},
    Forbidden{"src/workflows/outbox/", "src/workflows/job/", "it delivers by bulkIngest()"},
    Forbidden{"src/workflows/storage/", "src/workflows/outbox/", "storage is below them"},
    Forbidden{"src/workflows/storage/", "src/workflows/bulk/", "storage is below them"},
    Forbidden{"src/workflows/storage/", "src/workflows/mirror/", "storage is below them"},
    Forbidden{"src/testing/server/api/", "src/testing/server/http/httplib", "no HTTP library"},
};

// The core: what a program has that links heymilo::heymilo alone.
constexpr std::string_view kBesideTheCore[] = {
    "include/heymilo/workflows/", "include/heymilo/postgres/", "include/heymilo/testing/"};

// A library that only these places include.
struct Dependency {
  std::string_view header;  // how its headers' names begin
  std::string_view place;
};

constexpr std::array kDependencies = {
    Dependency{"CLI/", "tools/"},
    Dependency{"curl/", "src/curl/"},
    Dependency{"httplib.h", "src/testing/server/http/httplib_server."},
    Dependency{"libpq-fe.h", "src/postgres/"},
    Dependency{"sqlite3.h", "src/workflows/storage/"},
    Dependency{"simdjson", "src/json/"},
};

struct Include {
  std::string file;    // the path of the file that includes, from the project's folder
  std::string header;  // as written
  bool quoted;
};

bool startsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

const Folder* folderOf(std::string_view path) {
  for (const Folder& folder : kFolders) {
    if (startsWith(path, folder.path)) {
      return &folder;
    }
  }
  return nullptr;
}

// The path of an included header of this project, from the project's folder.
std::string pathOf(const Include& include) {
  if (startsWith(include.header, "heymilo/")) {
    return "include/" + include.header;
  }
  const bool tool = startsWith(include.file, "tools/") && !startsWith(include.header, "base/");
  return (tool ? "tools/" : "src/") + include.header;
}

bool listed(std::string_view list, std::string_view name) {
  std::istringstream names{std::string(list)};
  for (std::string one; names >> one;) {
    if (one == name) {
      return true;
    }
  }
  return false;
}

bool isOfTheCore(std::string_view path) {
  return std::none_of(std::begin(kBesideTheCore),
                      std::end(kBesideTheCore),
                      [path](std::string_view beside) { return startsWith(path, beside); });
}

std::string complaintOfALibrary(const Include& include) {
  std::string allowed;
  for (const Dependency& dependency : kDependencies) {
    if (startsWith(include.header, dependency.header)) {
      if (startsWith(include.file, dependency.place)) {
        return "";
      }
      allowed += (allowed.empty() ? "" : " and ") + std::string(dependency.place);
    }
  }
  return allowed.empty() ? "" : "only " + allowed + " may include it";
}

// What is wrong with an #include; empty when nothing is.
std::string complaint(const Include& include) {
  const Folder* from = folderOf(include.file);
  if (!from) {
    return "the file is in no folder of the table";
  }
  if (!include.quoted && !startsWith(include.header, "heymilo/")) {
    return complaintOfALibrary(include);
  }
  if (include.header.find("..") != std::string::npos) {
    return "no include has a ..";
  }
  const std::string header = pathOf(include);
  const Folder* to = folderOf(header);
  if (!to) {
    return "the header is in no folder of the table";
  }
  for (const Forbidden& forbidden : kForbidden) {
    if (startsWith(include.file, forbidden.from) && startsWith(header, forbidden.to)) {
      return std::string(forbidden.reason);
    }
  }
  if (startsWith(header, kPublic) && isOfTheCore(include.file) && !isOfTheCore(header) &&
      !startsWith(include.file, "src/workflows/") && !startsWith(include.file, "src/postgres/") &&
      !startsWith(include.file, "src/testing/") && !startsWith(include.file, "tools/")) {
    return "the core does not know what is built on it";
  }
  if (startsWith(include.file, kPublic) && startsWith(header, kPublic)) {
    // Models know nothing of calls.
    const bool model = startsWith(include.file, "include/heymilo/models/");
    const bool known =
        startsWith(header, "include/heymilo/models/") || header == "include/heymilo/export.hpp" ||
        header == "include/heymilo/headers.hpp" || header == "include/heymilo/version.hpp";
    return model && !known ? "a model knows nothing of calls" : "";
  }
  if (to == from || listed(from->may_include, to->path) ||
      (startsWith(header, kPublic) && listed(from->may_include, kPublic))) {
    return "";
  }
  return startsWith(include.file, kPublic)
             ? "a public header includes a private one"
             : std::string(from->path) + " may not include " + std::string(to->path);
}

std::vector<std::string> sourceFiles(std::initializer_list<const char*> folders) {
  const fs::path root = HEYMILO_SOURCE_DIR;
  std::vector<std::string> files;
  for (const char* folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension == ".hpp" || extension == ".cpp") {
        files.push_back(fs::relative(entry.path(), root).generic_string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Include> includesOf(const std::string& file) {
  static const std::regex directive(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  std::ifstream stream(fs::path(HEYMILO_SOURCE_DIR) / file);
  std::vector<Include> includes;
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    if (std::regex_match(line, match, directive)) {
      includes.push_back({file, match[2], match[1] == "\""});
    }
  }
  return includes;
}

TEST(Architecture, EveryIncludeIsOneThatTheFolderMayHave) {
  std::size_t count = 0;
  for (const std::string& file : sourceFiles({"include", "src", "tools"})) {
    for (const Include& include : includesOf(file)) {
      ++count;
      EXPECT_THAT(complaint(include), IsEmpty()) << file << " includes " << include.header;
    }
  }
  EXPECT_GT(count, 1000u);
}

TEST(Architecture, EveryFolderOfTheTableIsThere) {
  for (const Folder& folder : kFolders) {
    EXPECT_TRUE(fs::is_directory(fs::path(HEYMILO_SOURCE_DIR) / folder.path)) << folder.path;
  }
}

// Folders of src/ that include each other are one folder. What stands for one: src/base/,
// src/workflows/bulk/, src/testing/server/api/.
std::string roomOf(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

// The classes that a file defines in a named namespace, as `heymilo::workflows::Journal`.
std::set<std::string> classesOf(const std::string& file) {
  static const std::regex opens(R"(^namespace ([\w:]+) \{.*)");
  static const std::regex defines(
      R"(^(?:class|struct) (?:HEYMILO_EXPORT )?(\w+)(?: final)?(?: : [^;]*)? \{.*)");
  std::ifstream stream(fs::path(HEYMILO_SOURCE_DIR) / file);
  std::set<std::string> classes;
  std::string space;
  int anonymous = 0;
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    if (line == "namespace {") {
      ++anonymous;
    } else if (line == "}  // namespace") {
      --anonymous;
    } else if (anonymous == 0 && std::regex_match(line, match, opens)) {
      space = match[1].str() + "::";
    } else if (anonymous == 0 && std::regex_match(line, match, defines)) {
      classes.insert(space + match[1].str());
    }
  }
  return classes;
}

// Two classes of one name are one to the linker: it takes the functions of either for both.
TEST(Architecture, EachClassHasItsNameAlone) {
  std::map<std::string, std::string> places;
  for (const std::string& file : sourceFiles({"include/heymilo", "src"})) {
    for (const std::string& name : classesOf(file)) {
      const auto [place, is_new] = places.emplace(name, file);
      EXPECT_TRUE(is_new) << name << " is defined in " << place->second << " and " << file;
    }
  }
  EXPECT_GT(places.size(), 200u);
  EXPECT_EQ(places.count("heymilo::workflows::MirrorReader"), 1u);
}

TEST(Architecture, NoFoldersIncludeEachOther) {
  std::map<std::string, std::set<std::string>> arrows;
  for (const std::string& file : sourceFiles({"src"})) {
    for (const Include& include : includesOf(file)) {
      if (include.quoted && !startsWith(include.header, "heymilo/")) {
        const std::string to = roomOf(pathOf(include));
        if (to != roomOf(file)) {
          arrows[roomOf(file)].insert(to);
        }
      }
    }
  }
  EXPECT_GT(arrows.size(), 8u);
  // Takes away what includes only what is gone already: what stays is a circle.
  std::set<std::string> left;
  for (const auto& [from, to] : arrows) {
    left.insert(from);
    left.insert(to.begin(), to.end());
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (auto room = left.begin(); room != left.end();) {
      const std::set<std::string>& included = arrows[*room];
      const bool free = std::none_of(included.begin(), included.end(), [&](const std::string& one) {
        return left.count(one) != 0;
      });
      changed = changed || free;
      room = free ? left.erase(room) : std::next(room);
    }
  }
  EXPECT_THAT(left, IsEmpty());
}

// tests/UNTESTED: a line for each file of src/ without a test of its own, with the reason.
std::map<std::string, std::string> untested() {
  std::ifstream file(HEYMILO_SOURCE_DIR "/tests/UNTESTED");
  std::map<std::string, std::string> reasons;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') {
      const std::size_t space = line.find(' ');
      reasons[line.substr(0, space)] = space == std::string::npos ? "" : line.substr(space + 1);
    }
  }
  return reasons;
}

TEST(Architecture, EverySourceFileHasItsTest) {
  const std::map<std::string, std::string> reasons = untested();
  std::set<std::string> used;
  for (const std::string& file : sourceFiles({"src"})) {
    if (fs::path(file).extension() != ".cpp") {
      continue;
    }
    const std::string stem = file.substr(4, file.size() - 8);
    const bool tested = fs::exists(HEYMILO_SOURCE_DIR "/tests/" + stem + "_test.cpp");
    const auto reason = reasons.find(stem);
    if (reason != reasons.end()) {
      used.insert(stem);
      EXPECT_FALSE(tested) << stem << " has a test: take it out of tests/UNTESTED";
      EXPECT_GT(reason->second.size(), 10u) << stem << ": say why in tests/UNTESTED";
    } else {
      EXPECT_TRUE(tested) << "there is no tests/" << stem
                          << "_test.cpp: add it, or a line with the reason to tests/UNTESTED";
    }
  }
  for (const auto& [stem, reason] : reasons) {
    EXPECT_EQ(used.count(stem), 1u) << "tests/UNTESTED has " << stem << ", which is not in src/";
  }
}

// That the rules above find what they are there for.

struct Case {
  Include include;
  const char* complaint;
};

void PrintTo(const Case& rule, std::ostream* out) {
  *out << rule.include.file << " includes " << rule.include.header;
}

class ArchitectureRules : public ::testing::TestWithParam<Case> {};

TEST_P(ArchitectureRules, Complain) {
  EXPECT_THAT(complaint(GetParam().include), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    , ArchitectureRules,
    ::testing::Values(
        Case{{"src/new_thing.cpp", "base/ascii.hpp", true}, "the file is in no folder"},
        Case{{"src/client/client.cpp", "new_thing.hpp", true}, "the header is in no folder"},
        Case{{"src/base/ascii.hpp", "heymilo/errors.hpp", true}, "may not include"},
        Case{{"src/json/codec.cpp", "call/pacing.hpp", true}, "may not include"},
        Case{{"src/json/codec.cpp", "curl/pool.hpp", true}, "may not include"},
        Case{{"src/curl/pool.cpp", "json/codec.hpp", true}, "may not include"},
        Case{{"src/curl/pool.cpp", "heymilo/models/candidate.hpp", true}, "no JSON"},
        Case{{"src/call/pacing.cpp", "client/operations.hpp", true}, "may not include"},
        Case{{"src/call/pacing.cpp", "heymilo/client.hpp", true}, "no client"},
        Case{{"include/heymilo/models/candidate.hpp", "heymilo/errors.hpp", true}, "of calls"},
        Case{{"include/heymilo/heymilo.hpp", "heymilo/testing/mock_server.hpp", true}, "the core"},
        Case{{"src/client/client.cpp", "heymilo/workflows/bulk_ingest.hpp", true}, "the core"},
        Case{{"src/testing/server/backend.cpp", "json/codec.hpp", true}, "may not include"},
        Case{{"src/workflows/bulk/chunk.cpp", "json/codec.hpp", true}, "may not include"},
        Case{{"src/workflows/storage/sqlite.cpp", "workflows/bulk/chunk.hpp", true}, "below"},
        Case{{"src/workflows/job/job.cpp", "heymilo/client.hpp", true}, "sends nothing"},
        Case{{"src/workflows/bulk/chunk.cpp", "workflows/outbox/outbox_run.hpp", true}, "on top"},
        Case{{"tools/list_candidates.cpp", "../src/call/base_url.hpp", true}, "no include has"},
        Case{{"include/heymilo/client.hpp", "call/pacing.hpp", true}, "private"},
        Case{{"src/paging/pagination.cpp", "heymilo/client.hpp", true}, "handed a loader"},
        Case{{"src/call/call.cpp", "curl/curl.h", false}, "only src/curl/"},
        Case{{"include/heymilo/options.hpp", "curl/curl.h", false}, "only src/curl/"},
        Case{{"src/testing/server/backend.cpp", "httplib.h", false}, "httplib_server."},
        Case{{"src/workflows/bulk/chunk.cpp", "sqlite3.h", false}, "workflows/storage/"}));

class ArchitectureAllows : public ::testing::TestWithParam<Include> {};

TEST_P(ArchitectureAllows, WhatGoesDown) { EXPECT_THAT(complaint(GetParam()), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(
    , ArchitectureAllows,
    ::testing::Values(Include{"src/call/call.cpp", "curl/curl_transport.hpp", true},
                      Include{"src/call/call.cpp", "json/codec.hpp", true},
                      Include{"src/client/client.cpp", "heymilo/client.hpp", true},
                      Include{"src/curl/transfer.cpp", "curl/curl.h", false},
                      Include{"src/testing/server/http/httplib_server.cpp", "httplib.h", false},
                      Include{"src/testing/mock_server.cpp", "base/utf8.hpp", true},
                      Include{"src/workflows/bulk/chunk.cpp", "workflows/storage/sqlite.hpp", true},
                      Include{"tools/list_candidates.cpp", "heymilo/client.hpp", false},
                      Include{"tools/list_candidates.cpp", "base/utf8.hpp", true},
                      Include{"include/heymilo/client.hpp", "heymilo/pagination.hpp", true}));

}  // namespace
