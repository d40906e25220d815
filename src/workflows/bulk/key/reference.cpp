#include "workflows/bulk/key/reference.hpp"

#include <algorithm>
#include <cstddef>

#include "base/ascii.hpp"

namespace heymilo::workflows {

namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

/// Lower-case hexadecimal digits, so many.
bool isHex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
           return ascii::isHexDigit(c) && ascii::toLower(c) == c;
         });
}

constexpr std::size_t kDigest = 64;
constexpr std::size_t kJournalId = 24;  // of version 0.1

bool isMark01(std::string_view text) {
  return text.size() > kJournalId && text[kJournalId] == '-' &&
         isHex(text.substr(0, kJournalId), kJournalId) &&
         ascii::isNumber(text.substr(kJournalId + 1));
}

}  // namespace

std::optional<std::string_view> ruleOf(std::string_view reference) {
  std::string_view rest = reference;
  if (take(rest, kByName)) {
    const std::size_t colon = rest.find(':');
    const bool whole = colon != std::string_view::npos && colon != 0 && colon + 1 < rest.size();
    return whole ? std::optional(rest.substr(0, colon)) : std::nullopt;
  }
  if (take(rest, kByEmail)) {
    return isHex(rest, kDigest) ? std::optional<std::string_view>("email") : std::nullopt;
  }
  if (take(rest, "content")) {  // of any version
    const std::size_t colon = rest.find(':');
    const bool whole = colon != std::string_view::npos && ascii::isNumber(rest.substr(0, colon)) &&
                       isHex(rest.substr(colon + 1), kDigest);
    return whole ? std::optional<std::string_view>("") : std::nullopt;
  }
  return std::nullopt;
}

std::string_view journalOfMark01(std::string_view reference) {
  return reference.substr(0, kJournalId);
}

Reference classify(std::string_view reference, std::string_view rule) {
  if (isMark01(reference)) {
    return Reference::mark_01;
  }
  if (!ruleOf(reference)) {
    return Reference::unknown;
  }
  return take(reference, rule) ? Reference::key : Reference::other;
}

}  // namespace heymilo::workflows
