#include "heymilo/headers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/ascii.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

// RFC 9110, section 5.6.2.
constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> characters{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
    characters[static_cast<unsigned char>(c)] = true;
  }
  return characters;
}();

bool isToken(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kTokenCharacters[static_cast<unsigned char>(c)];
  });
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
  own_.reserve(entries.size());
  for (const Entry& entry : entries) {
    add(entry.first, entry.second);
  }
}

void Headers::share() {
  shared_ = std::make_shared<const std::vector<Entry>>(std::move(modified()));
  own_.clear();
}

/// The fields, to be modified: they are no longer shared.
std::vector<Headers::Entry>& Headers::modified() {
  if (shared_) {
    own_ = *shared_;
    shared_.reset();
  }
  return own_;
}

void Headers::reserve(std::size_t fields) { modified().reserve(fields); }

void Headers::add(std::string_view name, std::string_view value) {
  Entry entry = checkedEntry(name, value);  // copied first: the arguments may be views of an entry
  modified().push_back(std::move(entry));
}

bool Headers::addReceived(std::string_view name, std::string_view value) {
  if (!isToken(name)) {
    return false;
  }
  own_.emplace_back(name, value);
  replaceForbidden(own_.back().second);
  return true;
}

void Headers::continueReceived(std::string_view text) {
  std::string& value = own_.back().second;
  value += ' ';
  value += text;
  replaceForbidden(value);
}

void Headers::set(std::string_view name, std::string_view value) {
  Entry entry = checkedEntry(name, value);  // copied first, as in add()
  std::vector<Entry>& entries = modified();
  const auto first = std::find_if(entries.begin(), entries.end(), named(entry.first));
  if (first == entries.end()) {
    entries.push_back(std::move(entry));
    return;
  }
  entries.erase(std::remove_if(std::next(first), entries.end(), named(entry.first)), entries.end());
  *first = std::move(entry);
}

void Headers::erase(std::string_view name) {
  if (!contains(name)) {
    return;
  }
  const auto before = shared_;  // the argument may be a view of an entry
  std::vector<Entry>& entries = modified();
  const auto first = std::find_if(entries.begin(), entries.end(), named(name));
  // Named by the first entry, which stays in place: the argument may be a view of an entry.
  entries.erase(std::remove_if(std::next(first), entries.end(), named(first->first)),
                entries.end());
  entries.erase(first);
}

std::optional<std::string> Headers::get(std::string_view name) const {
  const auto found = std::find_if(begin(), end(), named(name));
  return found == end() ? std::nullopt : std::optional<std::string>(found->second);
}

std::vector<std::string> Headers::getAll(std::string_view name) const {
  std::vector<std::string> values;
  for (const Entry& entry : *this) {
    if (ascii::equalIgnoringCase(entry.first, name)) {
      values.push_back(entry.second);
    }
  }
  return values;
}

bool Headers::contains(std::string_view name) const noexcept {
  return std::any_of(begin(), end(), named(name));
}

}  // namespace heymilo
