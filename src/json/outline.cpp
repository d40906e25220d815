#include "json/outline.hpp"

#include <algorithm>
#include <cstddef>

namespace heymilo::json {

namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Reads a text from front to back. On a mismatch it stays at the position where that was detected.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t position = 0)
      : text_(text), position_(position) {}

  std::size_t position() const noexcept { return position_; }
  bool atEnd() const noexcept { return position_ == text_.size(); }
  bool at(char c) const noexcept { return !atEnd() && text_[position_] == c; }
  std::string_view from(std::size_t begin) const { return text_.substr(begin, position_ - begin); }

  void skipSpace() {
    position_ = (std::min)(text_.find_first_not_of(kSpace, position_), text_.size());
  }

  bool skip(char c) {
    if (!at(c)) {
      return false;
    }
    ++position_;
    return true;
  }

  bool skip(std::string_view beginning) {
    if (text_.substr(position_, beginning.size()) != beginning) {
      return false;
    }
    position_ += beginning.size();
    return true;
  }

  /// Any content between two quotation marks.
  bool skipString() {
    if (!skip('"')) {
      return false;
    }
    while (!atEnd()) {
      const char c = text_[position_++];
      if (c == '"') {
        return true;
      }
      if (c == '\\' && !atEnd()) {
        ++position_;
      }
    }
    return false;
  }

  /// A value with its contents.
  bool skipValue() {
    std::string open;  // the closing brackets that are still to come
    do {
      bool complete = true;
      if (at('{') || at('[')) {
        open += at('{') ? '}' : ']';
        ++position_;
        complete = false;
      } else if (!(at('"') ? skipString() : skipWord(!open.empty()))) {
        return false;
      }
      if (!next(open, complete)) {
        return false;
      }
    } while (!open.empty());
    return true;
  }

  /// The name of a property, and its colon.
  bool skipName(std::string_view& name) {
    const std::size_t begin = position_;
    if (!skipString()) {
      return false;
    }
    name = from(begin);
    skipSpace();
    if (!skip(':')) {
      return false;
    }
    skipSpace();
    return true;
  }

 private:
  /// Anything that is neither a string nor a container. `missing`: the value may be absent.
  bool skipWord(bool missing) {
    const std::size_t begin = position_;
    position_ = (std::min)(text_.find_first_of(" \t\r\n{}[],:\"", position_), text_.size());
    return position_ != begin || (missing && (at(',') || at('}') || at(']')));
  }

  /// Moves to the next value within `open`, or to its end. `complete`: a value has just ended.
  bool next(std::string& open, bool complete) {
    while (!open.empty()) {
      skipSpace();
      if (complete) {
        if (skip(',')) {
          skipSpace();
        } else if (!at(open.back())) {
          return false;
        }
      }
      if (skip(open.back())) {
        open.pop_back();
        complete = true;
        continue;
      }
      std::string_view name;
      return open.back() == ']' || skipName(name);
    }
    return true;
  }

  std::string_view text_;
  std::size_t position_;
};

/// The text at which the element that begins at `begin` breaks.
Outline::Broken brokenAt(std::string_view text, std::size_t begin, const Scanner& scanner) {
  return {scanner.from(begin), text.substr(begin), scanner.atEnd()};
}

/// Reads the elements up to the closing bracket; false if the structure breaks.
bool readElements(std::string_view text, Scanner& scanner, Outline& outline) {
  scanner.skipSpace();
  if (scanner.skip(']')) {
    return true;
  }
  for (;;) {
    scanner.skipSpace();
    const std::size_t begin = scanner.position();
    const bool object = scanner.at('{');
    if (scanner.at(',') || scanner.at(']') || scanner.skipValue()) {
      outline.elements.push_back(scanner.from(begin));
      scanner.skipSpace();
      if (scanner.skip(',')) {
        continue;
      }
      if (scanner.skip(']')) {
        return true;
      }
    } else if (object) {
      outline.broken = brokenAt(text, begin, scanner);
      return false;
    }
    // The text here belongs to no element: the latest object ended too early.
    while (!outline.elements.empty()) {
      const std::string_view latest = outline.elements.back();
      outline.elements.pop_back();
      if (!latest.empty() && latest.front() == '{') {
        outline.broken =
            brokenAt(text, static_cast<std::size_t>(latest.data() - text.data()), scanner);
        break;
      }
    }
    return false;
  }
}

}  // namespace

std::vector<Member> membersOf(std::string_view text) {
  std::vector<Member> members;
  Scanner scanner(text);
  if (!scanner.skip('{')) {
    return members;
  }
  for (;;) {
    scanner.skipSpace();
    std::string_view name;
    if (!scanner.skipName(name)) {
      return members;
    }
    const std::size_t begin = scanner.position();
    if (!scanner.at(',') && !scanner.at('}') && !scanner.skipValue()) {
      return members;
    }
    const std::string_view value = scanner.from(begin);
    scanner.skipSpace();
    const bool more = scanner.skip(',');
    if (!more && !scanner.at('}')) {
      return members;
    }
    members.push_back({name, value});
    if (!more) {
      return members;
    }
  }
}

std::optional<Outline> outlineOf(std::string_view text, std::string_view array) {
  std::optional<Outline> outline;
  Scanner scanner(text);
  scanner.skip(kByteOrderMark);
  scanner.skipSpace();
  if (!scanner.skip('{')) {
    return std::nullopt;
  }
  for (;;) {
    scanner.skipSpace();
    if (scanner.skip('}')) {
      break;
    }
    std::string_view name;
    if (!scanner.skipName(name)) {
      return std::nullopt;
    }
    if (name.substr(1, name.size() - 2) != array) {
      if (!scanner.skipValue()) {
        return std::nullopt;
      }
    } else if (outline || !scanner.skip('[')) {
      return std::nullopt;
    } else {
      const std::size_t begin = scanner.position();
      outline.emplace();
      if (!readElements(text, scanner, *outline)) {
        return outline->broken ? outline : std::nullopt;
      }
      outline->envelope = text.substr(0, begin);
      outline->envelope += text.substr(scanner.position() - 1);
    }
    scanner.skipSpace();
    if (!scanner.skip(',') && !scanner.at('}')) {
      return std::nullopt;
    }
  }
  scanner.skipSpace();
  return scanner.atEnd() ? outline : std::nullopt;
}

}  // namespace heymilo::json
