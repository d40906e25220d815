// Checks the public headers for code that MSVC treats differently from GCC and Clang, without an
// MSVC. Checks by clang++ are in public_headers.cmake.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Rule {
  const char* pattern;
  const char* reason;
};

// For a line of code without its comment and its string literals.
constexpr std::array kRules = {
    Rule{R"(\b__cplusplus\b)", "199711 in MSVC unless it is told otherwise: ask for the feature"},
    Rule{R"((std|::\w+|>)::(min|max)\s*\()",
         "min and max are macros in <windows.h>: (std::min)(...)"},
    Rule{R"(\blong\b)", "32 bits in Windows: std::int64_t"},
    Rule{R"(\b(ssize_t|off_t|pid_t|mode_t|uint|u_int\w*)\b)", "a type of POSIX"},
    Rule{R"(#\s*include\s*<[\w/]+\.h>)", "a header that is not C++'s"},
    Rule{R"(#\s*warning\b)", "not a directive before C++23"},
    Rule{R"(\b__(attribute__|builtin_\w+|PRETTY_FUNCTION__|extension__|typeof__|int128)\b)",
         "GCC's and Clang's own"},
    Rule{R"(\b(and|or|not|xor|bitand|bitor|compl|and_eq|or_eq|xor_eq|not_eq)\b)",
         "an alternative token, which MSVC takes with /permissive- only"},
    Rule{R"(\b(near|far|small|interface)\b)", "a macro in <windows.h>"},
};

/// The line without string and character literals and without its comment.
std::string codeOf(const std::string& line) {
  std::string code;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '"' ||
               (c == '\'' && (code.empty() || code.back() < '0' || code.back() > '9'))) {
      quote = c;
    } else if (c == '/' && i + 1 < line.size() && line[i + 1] == '/') {
      break;
    } else {
      code += c;
    }
  }
  return code;
}

/// Code that MSVC would refuse, or interpret differently, each as `<line>: <reason>`.
std::vector<std::string> complaints(const std::string& text) {
  static const std::vector<std::regex> patterns = [] {
    std::vector<std::regex> all;
    for (const Rule& rule : kRules) {
      all.emplace_back(rule.pattern);
    }
    return all;
  }();
  static const std::regex condition(R"(^#\s*if)");
  static const std::regex end(R"(^#\s*endif)");
  std::vector<std::string> found;
  std::vector<bool> for_gcc;  // of the conditions that a line stands in: it asks for __GNUC__
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto complain = [&](const char* reason) {
      found.push_back(std::to_string(number) + ": " + reason);
    };
    if (std::any_of(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; })) {
      complain("not ASCII: MSVC reads it in the code page of the machine");
    }
    const std::string code = codeOf(line);
    if (std::regex_search(code, condition)) {
      for_gcc.push_back(code.find("__GNUC__") != std::string::npos);
    } else if (std::regex_search(code, end) && !for_gcc.empty()) {
      for_gcc.pop_back();
    }
    if (std::find(for_gcc.begin(), for_gcc.end(), true) != for_gcc.end()) {
      continue;
    }
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (std::regex_search(code, patterns[i])) {
        complain(kRules[i].reason);
      }
    }
  }
  return found;
}

TEST(PortableHeaders, HaveNothingThatMsvcReadsInAnotherWay) {
  const fs::path include = fs::path(HEYMILO_SOURCE_DIR) / "include";
  int headers = 0;
  for (const auto& entry : fs::recursive_directory_iterator(include)) {
    if (entry.is_regular_file()) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      EXPECT_THAT(complaints(text), IsEmpty()) << entry.path();
      ++headers;
    }
  }
  EXPECT_GT(headers, 30);
}

TEST(PortableHeaders, ALineThatMsvcRefusesIsFound) {
  for (const char* line : {"// r\303\251sum\303\251",
                           "#if __cplusplus >= 202002L",
                           "auto a = std::min(b, c);",
                           "auto a = std::numeric_limits<int>::max();",
                           "auto a = std::chrono::milliseconds::max();",
                           "unsigned long a = 0;",
                           "ssize_t read(int fd);",
                           "#include <unistd.h>",
                           "#  include <sys/types.h>",
                           "#warning old",
                           "void f() __attribute__((noreturn));",
                           "bool a = __builtin_expect(b, 1);",
                           "const char* a = __PRETTY_FUNCTION__;",
                           "if (a and not b) {}",
                           "int far = 0;"}) {
    EXPECT_THAT(complaints(line), ElementsAre(HasSubstr("1: "))) << line;
  }
}

TEST(PortableHeaders, WhatItTakesIsNotComplainedOf) {
  EXPECT_THAT(complaints("// so long, and not a line of code, std::min(a, b)\n"
                         "const char* a = \"long and \\\" short\";\n"
                         "auto b = (std::min)(c, d) + (std::numeric_limits<int>::max)();\n"
                         "int e = 1'000'000, longer = 2;\n"
                         "#if defined(__GNUC__)\n"
                         "#if 1\n"
                         "__attribute__((used))\n"
                         "#endif\n"
                         "#endif\n"
                         "#include <nlohmann/json.hpp>\n"
                         "#include <string>\n"),
              IsEmpty());
  EXPECT_THAT(complaints("#if defined(__GNUC__)\n#endif\n__attribute__((used))"),
              ElementsAre(HasSubstr("3: ")));
}

}  // namespace
