#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace support {

/// What --help shows: the purpose, how the program is called, its arguments, its options with what
/// they are by default, and the app's footer. Lines have at most 80 columns, whatever the terminal.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();

  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace support
