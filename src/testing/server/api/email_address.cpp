#include "testing/server/api/email_address.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace heymilo::testing::detail {

namespace {

bool isAlphanumeric(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

bool isLocalCharacter(char c) {
  return isAlphanumeric(c) ||
         std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool isDomainCharacter(char c) { return isAlphanumeric(c) || c == '.' || c == '-'; }

// Parts between periods must not be empty.
bool hasEmptyPart(std::string_view dotted) {
  return dotted.front() == '.' || dotted.back() == '.' ||
         dotted.find("..") != std::string_view::npos;
}

bool hasHyphenAtAnEnd(std::string_view domain) {
  return domain.front() == '-' || domain.back() == '-' ||
         domain.find(".-") != std::string_view::npos || domain.find("-.") != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> emailComplaint(std::string_view address) {
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos) {
    return "An email address must have an @-sign.";
  }
  const std::string_view local = address.substr(0, at);
  const std::string_view domain = address.substr(at + 1);
  if (local.empty()) {
    return "There must be something before the @-sign.";
  }
  if (domain.empty()) {
    return "There must be something after the @-sign.";
  }
  if (!std::all_of(local.begin(), local.end(), isLocalCharacter)) {
    return "The email address contains invalid characters before the @-sign.";
  }
  if (!std::all_of(domain.begin(), domain.end(), isDomainCharacter)) {
    return "The part after the @-sign contains invalid characters.";
  }
  if (hasEmptyPart(local) || hasEmptyPart(domain)) {
    return "An email address cannot have a period next to the @-sign, at an end or twice in a row.";
  }
  if (domain.find('.') == std::string_view::npos) {
    return "The part after the @-sign is not valid. It should have a period.";
  }
  if (hasHyphenAtAnEnd(domain)) {
    return "An email address cannot have a hyphen at the end of a part of its domain.";
  }
  if (countCodePoints(local) > 64 || countCodePoints(address) > 254) {
    return "The email address is too long.";
  }
  return std::nullopt;
}

}  // namespace heymilo::testing::detail
