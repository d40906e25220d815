#include "call/secret_parts.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"
#include "call/ordinary_words.hpp"

namespace heymilo {

namespace {

constexpr std::size_t kPiece = 8;

/// What keys begin with, beside ordinary words.
bool isWordOfKeys(std::string_view word) {
  constexpr std::string_view kBeginnings[] = {"basic",
                                              "bearer",
                                              "dev",
                                              "heymilo",
                                              "hm",
                                              "live",
                                              "pk",
                                              "private",
                                              "prod",
                                              "production",
                                              "public",
                                              "rk",
                                              "sandbox",
                                              "secret",
                                              "sk",
                                              "test"};
  return std::find(std::begin(kBeginnings), std::end(kBeginnings), word) != std::end(kBeginnings) ||
         isOrdinaryWord(word);
}

/// How long the words are that a credential begins with and that say nothing of it.
std::size_t openPart(std::string_view credential) {
  constexpr std::size_t kMinRest = 8, kMinLettersRest = 16;
  std::size_t open = 0;
  for (std::size_t at = 0; at < credential.size();) {
    std::size_t end = at;
    while (end < credential.size() && ascii::isLetter(credential[end])) {
      ++end;
    }
    const bool separated =
        end < credential.size() &&
        std::string_view("_-.:=").find(credential[end]) != std::string_view::npos;
    if (!separated || end == at || !isWordOfKeys(credential.substr(at, end - at))) {
      break;
    }
    at = end + 1;
    const std::string_view rest = credential.substr(at);
    const bool has_digit = std::any_of(rest.begin(), rest.end(), &ascii::isDigit);
    if (rest.size() >= (has_digit ? kMinRest : kMinLettersRest)) {
      open = at;
    }
  }
  return open;
}

}  // namespace

SecretParts::SecretParts(const std::vector<std::string>& credentials) {
  constexpr std::size_t kMinSecret = 4;
  for (const std::string_view credential : credentials) {
    const std::size_t open = openPart(credential);
    for (std::size_t at = 0; at + kPiece <= credential.size(); ++at) {
      pieces_.push_back({credential.substr(at, kPiece), at + kPiece >= open + kMinSecret});
    }
  }
  // Of equal ones the secret one comes first.
  std::sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) {
    return a.text != b.text ? a.text < b.text : a.secret && !b.secret;
  });
}

std::vector<SecretParts::Range> SecretParts::in(std::string_view text) const {
  std::vector<Range> found;
  Range part{0, 0};
  bool secret = false;
  const auto endPart = [&] {
    if (secret) {
      found.push_back(part);
    }
    secret = false;
  };
  for (std::size_t at = 0; !pieces_.empty() && at + kPiece <= text.size(); ++at) {
    const std::string_view here = text.substr(at, kPiece);
    const auto piece = std::lower_bound(
        pieces_.begin(), pieces_.end(), here, [](const Piece& a, std::string_view b) {
          return a.text < b;
        });
    if (piece == pieces_.end() || piece->text != here) {
      continue;
    }
    if (at > part.end || part.end == 0) {
      endPart();
      part.begin = at;
    }
    part.end = at + kPiece;
    secret = secret || piece->secret;
  }
  endPart();
  return found;
}

}  // namespace heymilo
