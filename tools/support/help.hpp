#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace support {

/// The --help text: the purpose, the usage, the arguments, the options with their defaults, and the
/// app's footer. Lines have at most 80 columns, whatever the terminal.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();

  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace support
