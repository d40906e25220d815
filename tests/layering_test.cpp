// Holds the layers of the library: reads what each file includes and compares it with the table
// below. A new file needs a place in the table.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

// A file, without its extension, or a folder with all that is in it.
struct Place {
  std::string_view path;
  int layer;
};

// Not a layer but beside them: uses the public headers, and nothing in the layers knows it.
constexpr int kBeside = 100;

constexpr std::array kPlaces = {
    // What the API's data looks like.
    Place{"include/heymilo/export", 0},
    Place{"include/heymilo/headers", 0},
    Place{"include/heymilo/models", 0},
    Place{"include/heymilo/models/", 0},
    Place{"include/heymilo/version", 0},
    Place{"src/version", 0},
    // What a call is made of.
    Place{"include/heymilo/cancellation", 1},
    Place{"include/heymilo/clock", 1},
    Place{"include/heymilo/errors", 1},
    Place{"include/heymilo/options", 1},
    Place{"include/heymilo/pending_call", 1},
    Place{"include/heymilo/transport", 1},
    Place{"src/ascii", 1},
    Place{"src/calendar", 1},
    Place{"src/cancellation", 1},
    Place{"src/clock", 1},
    Place{"src/errors", 1},
    Place{"src/event", 1},
    Place{"src/headers", 1},
    Place{"src/http_date", 1},
    Place{"src/ingest_request", 1},
    Place{"src/one_line", 1},
    Place{"src/open_enum", 1},
    Place{"src/per_process", 1},
    Place{"src/signals_blocked", 1},
    Place{"src/text_cursor", 1},
    Place{"src/status_outcome", 1},
    Place{"src/timestamp", 1},
    Place{"src/transport", 1},
    Place{"src/under_way", 1},
    Place{"src/url", 1},
    Place{"src/utf8", 1},
    Place{"src/validation", 1},
    // Models to and from text; requests to and from the network.
    Place{"src/curl/", 2},
    Place{"src/json/", 2},
    // One call, with all that happens on its way.
    Place{"src/executor", 3},
    Place{"src/call_queue", 3},
    Place{"src/carried_texts", 3},
    Place{"src/nonblocking_call", 3},
    Place{"src/ordinary_words", 3},
    Place{"src/pacing", 3},
    Place{"src/redaction", 3},
    Place{"src/retry", 3},
    Place{"src/secret_parts", 3},
    Place{"src/unescaped", 3},
    Place{"src/status_error", 3},
    // The operations.
    Place{"include/heymilo/client", 4},
    Place{"include/heymilo/engine", 4},
    Place{"include/heymilo/nonblocking", 4},
    Place{"include/heymilo/pagination", 4},
    Place{"include/heymilo/waiting", 4},
    Place{"src/client", 4},
    Place{"src/client_impl", 4},
    Place{"src/engine", 4},
    Place{"src/nonblocking_client", 4},
    Place{"src/operations", 4},
    Place{"src/pagination", 4},
    Place{"src/page_source", 4},
    Place{"src/parallel_pages", 4},
    Place{"src/second_reading", 4},
    Place{"src/sequential_pages", 4},
    Place{"src/time_windows", 4},
    Place{"src/waiting", 4},
    // All of it.
    Place{"include/heymilo/heymilo", 5},

    Place{"examples/", kBeside},
    Place{"include/heymilo/testing/", kBeside},
    Place{"include/heymilo/workflows/", kBeside},
    Place{"src/testing/", kBeside},
    Place{"src/workflows/", kBeside},
};

// Files that a layer alone would allow to know each other, and that must not.
struct Strangers {
  std::string_view path;
  std::string_view included;
};

constexpr std::array kStrangers = {
    // Pagination is handed a function that loads a page, and is tested without a client.
    Strangers{"include/heymilo/pagination", "include/heymilo/client"},
    Strangers{"include/heymilo/pagination", "include/heymilo/transport"},
    Strangers{"src/pagination", "include/heymilo/client"},
    Strangers{"src/pagination", "include/heymilo/transport"},
    Strangers{"src/pagination", "src/executor"},
    Strangers{"src/parallel_pages", "include/heymilo/client"},
    Strangers{"src/parallel_pages", "include/heymilo/transport"},
    Strangers{"src/parallel_pages", "src/executor"},
    Strangers{"src/second_reading", "include/heymilo/client"},
    Strangers{"src/second_reading", "include/heymilo/transport"},
    Strangers{"src/second_reading", "src/executor"},
    Strangers{"src/sequential_pages", "include/heymilo/client"},
    Strangers{"src/sequential_pages", "include/heymilo/transport"},
    Strangers{"src/sequential_pages", "src/executor"},
    Strangers{"src/time_windows", "include/heymilo/client"},
    Strangers{"src/time_windows", "include/heymilo/transport"},
    Strangers{"src/time_windows", "src/executor"},
    Strangers{"src/waiting", "include/heymilo/client"},
    Strangers{"src/waiting", "include/heymilo/transport"},
    Strangers{"src/waiting", "src/executor"},
    // Decisions and conversions: they send nothing.
    Strangers{"src/retry", "src/executor"},
    Strangers{"src/pacing", "src/executor"},
    Strangers{"src/status_error", "src/executor"},
};

// A library that only one place includes.
struct Dependency {
  std::string_view header;  // how its headers' names begin
  std::string_view place;
};

constexpr std::array kDependencies = {
    Dependency{"CLI/", "examples/"},
    Dependency{"curl/", "src/curl/"},
    Dependency{"curl/", "examples/stories/"},  // as one would do without the library
    Dependency{"httplib.h", "src/testing/http/httplib_server."},
    Dependency{"sqlite3.h", "src/workflows/"},
};

struct Include {
  std::string file;    // the path of the file that includes, from the project's folder
  std::string header;  // as written
  bool quoted;
};

bool startsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

std::string withoutExtension(const fs::path& path) {
  return fs::path(path).replace_extension().generic_string();
}

const Place* placeOf(const std::string& file) {
  const std::string stem = withoutExtension(file);
  for (const Place& place : kPlaces) {
    if (place.path.back() == '/' ? startsWith(file, place.path) : stem == place.path) {
      return &place;
    }
  }
  return nullptr;
}

// The path of an included header of this project, from the project's folder.
std::string pathOf(const Include& include) {
  if (startsWith(include.header, "heymilo/")) {
    return "include/" + include.header;
  }
  return (startsWith(include.file, "examples/") ? "examples/" : "src/") + include.header;
}

// What is wrong with an #include; empty when nothing is.
std::string complaint(const Include& include) {
  const Place* from = placeOf(include.file);
  if (!from) {
    return "the file has no place in the table";
  }
  if (!include.quoted && !startsWith(include.header, "heymilo/")) {
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

  if (include.header.find("..") != std::string::npos) {
    return "no include goes by a way up";
  }
  const std::string header = pathOf(include);
  const Place* to = placeOf(header);
  if (!to) {
    return "the header has no place in the table";
  }
  if (to != from && startsWith(include.file, "include/") && !startsWith(header, "include/")) {
    return "a public header includes a private one";
  }
  if (from->layer == kBeside) {
    const bool usable = to == from || startsWith(header, "include/heymilo/");
    return usable ? "" : "what is beside the layers uses public headers only";
  }
  if (to->layer > from->layer) {
    return "layer " + std::to_string(from->layer) + " includes what is above it";
  }
  if (to != from && to->layer == from->layer && to->layer > 0 &&
      (to->path.back() == '/' || from->path.back() == '/')) {
    return "folders of one layer do not know each other";
  }
  for (const Strangers& strangers : kStrangers) {
    if (from->path == strangers.path && to->path == strangers.included) {
      return "the one must not know the other";
    }
  }
  return "";
}

std::vector<std::string> sourceFiles() {
  const fs::path root = HEYMILO_SOURCE_DIR;
  std::vector<std::string> files;
  for (const char* folder : {"include", "src", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension == ".hpp" || extension == ".cpp") {
        files.push_back(fs::relative(entry.path(), root).generic_string());
      }
    }
  }
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

TEST(Layering, EveryFileHasAPlace) {
  const std::vector<std::string> files = sourceFiles();
  EXPECT_GT(files.size(), 20u);
  for (const std::string& file : files) {
    EXPECT_TRUE(placeOf(file)) << file << " is in no layer: give it a place in the table";
  }
}

TEST(Layering, EveryPlaceHasAFile) {
  const std::vector<std::string> files = sourceFiles();
  for (const Place& place : kPlaces) {
    const bool generated = place.path == "include/heymilo/export";
    const bool used = std::any_of(files.begin(), files.end(), [&](const std::string& file) {
      return placeOf(file) == &place;
    });
    EXPECT_TRUE(used || generated) << place.path << " is no more: take it out of the table";
  }
}

TEST(Layering, EveryIncludeKeepsToTheLayers) {
  std::size_t count = 0;
  for (const std::string& file : sourceFiles()) {
    for (const Include& include : includesOf(file)) {
      ++count;
      EXPECT_THAT(complaint(include), IsEmpty()) << file << " includes " << include.header;
    }
  }
  EXPECT_GT(count, 100u);
}

// That the rules above find what they are there for.

struct Case {
  Include include;
  const char* complaint;
};

void PrintTo(const Case& rule, std::ostream* out) {
  *out << rule.include.file << " includes " << rule.include.header;
}

class LayeringRules : public testing::TestWithParam<Case> {};

TEST_P(LayeringRules, Complains) {
  EXPECT_THAT(complaint(GetParam().include), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    , LayeringRules,
    testing::Values(
        Case{{"src/new_thing.cpp", "vector", false}, "the file has no place"},
        Case{{"src/client.cpp", "new_thing.hpp", true}, "the header has no place"},
        Case{{"src/json/codec.cpp", "executor.hpp", true}, "above"},
        Case{{"include/heymilo/errors.hpp", "heymilo/client.hpp", true}, "above"},
        Case{{"include/heymilo/models/candidate.hpp", "heymilo/errors.hpp", true}, "above"},
        Case{{"src/json/codec.cpp", "curl/pool.hpp", true}, "do not know each other"},
        Case{{"src/curl/pool.cpp", "json/codec.hpp", true}, "do not know each other"},
        Case{{"src/executor.cpp", "testing/server.hpp", true}, "above"},
        Case{{"include/heymilo/heymilo.hpp", "heymilo/testing/mock_server.hpp", true}, "above"},
        Case{{"src/testing/server.cpp", "json/codec.hpp", true}, "public headers only"},
        Case{{"examples/list_candidates.cpp", "../src/url.hpp", true}, "way up"},
        Case{{"include/heymilo/client.hpp", "executor.hpp", true}, "private"},
        Case{{"src/pagination.cpp", "heymilo/client.hpp", true}, "must not know"},
        Case{{"src/executor.cpp", "curl/curl.h", false}, "only src/curl/"},
        Case{{"include/heymilo/options.hpp", "curl/curl.h", false}, "only src/curl/"},
        Case{{"src/client.cpp", "httplib.h", false}, "only src/testing/http/httplib_server."},
        Case{{"examples/bulk_ingest.cpp", "sqlite3.h", false}, "only src/workflows/"},
        Case{{"src/client.cpp", "heymilo/workflows/bulk_ingest.hpp", true}, "above"},
        Case{{"src/workflows/journal.cpp", "json/codec.hpp", true}, "public headers only"}));

class LayeringAllows : public testing::TestWithParam<Include> {};

TEST_P(LayeringAllows, WhatGoesDown) { EXPECT_THAT(complaint(GetParam()), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(
    , LayeringAllows,
    testing::Values(Include{"src/executor.cpp", "curl/transport.hpp", true},
                    Include{"src/executor.cpp", "json/codec.hpp", true},
                    Include{"src/executor.cpp", "retry.hpp", true},
                    Include{"src/client.cpp", "heymilo/client.hpp", true},
                    Include{"src/curl/transport.cpp", "curl/curl.h", false},
                    Include{"src/testing/http/httplib_server.cpp", "httplib.h", false},
                    Include{"src/testing/server.cpp", "heymilo/testing/mock_server.hpp", true},
                    Include{"examples/list_candidates.cpp", "heymilo/client.hpp", false},
                    Include{"include/heymilo/client.hpp", "heymilo/pagination.hpp", true}));

}  // namespace
