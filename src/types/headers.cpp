#include "heymilo/headers.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/ascii.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

// RFC 9110, section 5.6.2.
bool isTokenCharacter(char c) noexcept {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  return ascii::isLetter(c) || c == '-' || ascii::isDigit(c) ||
         kPunctuation.find(c) != std::string_view::npos;
}

bool isToken(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

// RFC 9110, section 5.5; bytes past ASCII are obs-text and pass.
bool isFieldValueCharacter(char c) noexcept { return c == '\t' || !ascii::isControl(c); }

/// Whether there is a control character or a byte past ASCII: rare, and looked at again.
bool mayBeForbidden(std::string_view text) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U, kHighs = kOnes * 0x80;
  std::uint64_t found = 0;
  for (std::size_t at = 0; at < text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t eight = kOnes * ' ';
    std::memcpy(&eight, text.data() + at, (std::min)(sizeof eight, text.size() - at));
    const std::uint64_t is_delete = (eight ^ (kOnes * 0x7f)) - kOnes;
    found |= (eight - kOnes * ' ') | is_delete | eight;  // the high bit of a byte that is one
  }
  return (found & kHighs) != 0;
}

void replaceForbidden(std::string& value) {
  if (mayBeForbidden(value)) {
    std::replace_if(
        value.begin(), value.end(), [](char c) { return !isFieldValueCharacter(c); }, ' ');
  }
}

Headers::Entry checkedEntry(std::string_view name, std::string_view value) {
  if (!isToken(name)) {
    // The message omits the name: it may be a secret value passed as a name.
    throw InvalidArgumentError("headers", "invalid header name: not a token (RFC 9110, 5.6.2)");
  }
  if (!std::all_of(value.begin(), value.end(), isFieldValueCharacter)) {
    throw InvalidArgumentError(std::string(name),
                               "invalid header value: contains a control character");
  }
  return {std::string(name), std::string(value)};
}

auto named(std::string_view name) noexcept {
  return
      [name](const Headers::Entry& entry) { return ascii::equalIgnoringCase(entry.first, name); };
}

}  // namespace

Headers::Headers(std::initializer_list<Entry> entries) {
  entries_.reserve(entries.size());
  for (const Entry& entry : entries) {
    add(entry.first, entry.second);
  }
}

void Headers::reserve(std::size_t fields) { entries_.reserve(fields); }

void Headers::add(std::string_view name, std::string_view value) {
  entries_.push_back(checkedEntry(name, value));
}

bool Headers::addReceived(std::string_view name, std::string_view value) {
  if (!isToken(name)) {
    return false;
  }
  entries_.emplace_back(name, value);
  replaceForbidden(entries_.back().second);
  return true;
}

void Headers::continueReceived(std::string_view text) {
  std::string& value = entries_.back().second;
  value += ' ';
  value += text;
  replaceForbidden(value);
}

void Headers::set(std::string_view name, std::string_view value) {
  Entry entry = checkedEntry(name, value);  // copied first: the arguments may be views of an entry
  const auto first = std::find_if(entries_.begin(), entries_.end(), named(entry.first));
  if (first == entries_.end()) {
    entries_.push_back(std::move(entry));
    return;
  }
  entries_.erase(std::remove_if(std::next(first), entries_.end(), named(entry.first)),
                 entries_.end());
  *first = std::move(entry);
}

void Headers::erase(std::string_view name) noexcept {
  const auto first = std::find_if(entries_.begin(), entries_.end(), named(name));
  if (first == entries_.end()) {
    return;
  }
  // Named by the first entry, which stays in place: the argument may be a view of an entry.
  entries_.erase(std::remove_if(std::next(first), entries_.end(), named(first->first)),
                 entries_.end());
  entries_.erase(first);
}

std::optional<std::string> Headers::get(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), named(name));
  return found == entries_.end() ? std::nullopt : std::optional<std::string>(found->second);
}

std::vector<std::string> Headers::getAll(std::string_view name) const {
  std::vector<std::string> values;
  for (const Entry& entry : entries_) {
    if (ascii::equalIgnoringCase(entry.first, name)) {
      values.push_back(entry.second);
    }
  }
  return values;
}

bool Headers::contains(std::string_view name) const noexcept {
  return std::any_of(entries_.begin(), entries_.end(), named(name));
}

}  // namespace heymilo
