#include "support/help.hpp"

#include <cstddef>
#include <sstream>

namespace support {

namespace {

constexpr std::size_t kIndent = 26;
constexpr std::size_t kWidth = 80;

/// `--format FORMAT`, `-h, --help`.
std::string nameOf(const CLI::Option& option) {
  std::string name;
  for (const std::string& letter : option.get_snames()) {
    name += (name.empty() ? "-" : ", -") + letter;
  }
  for (const std::string& word : option.get_lnames()) {
    name += (name.empty() ? "--" : ", --") + word;
  }
  const std::string value = option.get_type_size() != 0 ? option.get_type_name() : std::string();
  return value.empty() ? name : name + ' ' + value;
}

/// Breaks the text into lines of the remaining width after the indent.
std::string filled(const std::string& text) {
  std::istringstream words(text);
  std::string lines;
  std::size_t column = kIndent;
  for (std::string word; words >> word;) {
    if (column == kIndent) {
      lines += word;
      column += word.size();
    } else if (column + 1 + word.size() <= kWidth) {
      lines += ' ' + word;
      column += 1 + word.size();
    } else {
      lines += '\n' + std::string(kIndent, ' ') + word;
      column = kIndent + word.size();
    }
  }
  return lines;
}

}  // namespace

HelpFormatter::HelpFormatter() { label("Positionals", "Arguments"); }

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  std::string usage = "\nUsage: " + name;
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) {
      usage += ' ' + option->get_name(true);
    }
  }
  for (const CLI::Option* option : app->get_options()) {
    if (option->nonpositional() && option->get_required()) {
      usage += ' ' + nameOf(*option);
    }
  }
  return usage + " [OPTIONS]\n";
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  std::string text = option->get_description();
  if (option->get_required() && !is_positional) {
    text += "; required";
  }
  if (!option->get_default_str().empty()) {
    text += " (default: " + option->get_default_str() + ')';
  }
  std::string line = "  " + (is_positional ? option->get_name(true) : nameOf(*option));
  line += line.size() + 2 > kIndent ? '\n' + std::string(kIndent, ' ')
                                    : std::string(kIndent - line.size(), ' ');
  return line + filled(text) + '\n';
}

}  // namespace support
