#include "bulk/input.hpp"

#include <filesystem>
#include <system_error>

#include "support/printable.hpp"
#include "support/program.hpp"

namespace bulk {

namespace {

std::string reasonOf(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return "no such file";
  }
  return std::filesystem::is_directory(file, error) ? "it is a directory" : "it can't be opened";
}

}  // namespace

Input::Input(const std::string& file)
    : name_(file == "-" ? "standard input" : support::printable(file)), stream_(nullptr) {
  std::error_code error;
  try {
    buffer_.emplace(file, name_);
  } catch (const std::system_error&) {
    error = std::make_error_code(std::errc::io_error);
  }
  if (error || (file != "-" && std::filesystem::is_directory(file, error))) {
    throw support::UsageError(
        "can't read " + name_ + ": " + reasonOf(file) +
        "\nFILE must be a readable NDJSON or CSV file, or - for standard input.");
  }
  stream_.rdbuf(&*buffer_);
  stream_.exceptions(std::ios::badbit);
  if (file != "-") {
    const auto size = std::filesystem::file_size(file, error);
    if (!error) {
      size_ = size;
    }
  }
  const int first = stream_.peek();
  if (first == 0xFE || first == 0xFF) {
    throw support::UsageError(name_ + " is not UTF-8, but perhaps UTF-16.\n" +
                              "Save it as UTF-8, and run it again.");
  }
  constexpr char kMark[] = "\xef\xbb\xbf";
  if (stream_.peek() == static_cast<unsigned char>(kMark[0])) {
    char mark[3];
    stream_.read(mark, sizeof mark);
    if (std::string(mark, static_cast<std::size_t>(stream_.gcount())) != kMark) {
      throw support::UsageError(name_ + " is not UTF-8.\nSave it as UTF-8, and run it again.");
    }
    position_ = sizeof mark;
  }
}

void Input::check() const {
  if (stream_.bad()) {
    throw support::UsageError("can't read the rest of " + name_ + '.');
  }
}

std::string Input::read(std::size_t bytes) {
  std::string text(bytes, '\0');
  stream_.read(text.data(), static_cast<std::streamsize>(bytes));
  check();
  text.resize(static_cast<std::size_t>(stream_.gcount()));
  position_ += text.size();
  return text;
}

std::optional<std::string> Input::readLine(std::size_t longest) {
  std::string line;
  std::streambuf& from = *stream_.rdbuf();
  bool any = false;
  for (int c = from.sbumpc(); c != std::char_traits<char>::eof(); c = from.sbumpc()) {
    any = true;
    ++position_;
    if (c == '\n') {
      if (!line.empty() && line.back() == '\r') {
        line.pop_back();
      }
      return line;
    }
    if (line.size() <= longest) {
      line += static_cast<char>(c);
    }
  }
  return any ? std::optional<std::string>(line) : std::nullopt;
}

std::optional<char> Input::peek() {
  const int c = stream_.peek();
  check();
  if (c == std::char_traits<char>::eof()) {
    stream_.clear();
    return std::nullopt;
  }
  return static_cast<char>(c);
}

}  // namespace bulk
