#include "json/mismatch.hpp"

namespace heymilo::json {

namespace {

std::string segment(std::string_view name) {
  std::string escaped = "/";
  for (const char c : name) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string shown(std::string_view name, bool documented) {
  return documented ? segment(name) : "/*";
}

// Not "/" + std::to_string(index): g++ 12 gives a false warning for that when it optimises for
// C++20, and a host may turn it into an error.
std::string segment(std::size_t index) {
  std::string text = "/";
  text += std::to_string(index);
  return text;
}

/// `/data/17/a~1b` as `data.17.a/b`.
std::string withDots(const std::string& pointer) {
  std::string dotted;
  for (std::size_t i = 1; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      dotted += '.';
    } else if (pointer[i] == '~') {
      dotted += pointer[++i] == '0' ? '~' : '/';
    } else {
      dotted += pointer[i];
    }
  }
  return dotted;
}

}  // namespace

std::string Path::dotted() const { return withDots(whole_); }

std::string Path::maskedDotted() const { return withDots(masked_); }

void Path::append(std::string_view name, bool documented) {
  whole_ += segment(name);
  masked_ += shown(name, documented);
}

void Path::append(std::size_t index) {
  whole_ += segment(index);
  masked_ += segment(index);
}

void Path::prepend(std::string_view name, bool documented) {
  whole_.insert(0, segment(name));
  masked_.insert(0, shown(name, documented));
}

void Path::prepend(std::size_t index) {
  whole_.insert(0, segment(index));
  masked_.insert(0, segment(index));
}

void Path::prepend(const Path& front) {
  whole_.insert(0, front.whole_);
  masked_.insert(0, front.masked_);
}

}  // namespace heymilo::json
