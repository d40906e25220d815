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

std::string segment(std::size_t index) { return "/" + std::to_string(index); }

}  // namespace

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
