#include "call/carried_texts.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <iterator>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "call/one_line.hpp"
#include "call/ordinary_words.hpp"
#include "json/reader.hpp"
#include "json/sink.hpp"

namespace heymilo {

namespace {

constexpr std::size_t kMinValue = 3;  // shorter ones would be found in every text
constexpr std::size_t kMinNameWord = 2;
constexpr std::size_t kMinPhone = 7;
constexpr std::size_t kSecretPart = 8;
constexpr std::size_t kLongestEncoded = 500;  // what is longer is looked for as it is only

bool isLetters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return ascii::isLetter(c); });
}

bool containsAnyOf(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [text](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

/// Calls `use` with each part between characters of `ends`; with none that is empty.
template <class Use>
void forEachPart(std::string_view text, const char* ends, Use use) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find_first_of(ends));
    text.remove_prefix((std::min)(text.size(), part.size() + 1));
    if (!part.empty()) {
      use(part);
    }
  }
}

std::string base64Decode(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string decoded;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) {
      break;
    }
    bits = (bits << 6U | static_cast<unsigned>(digit)) & 0xffffU;
    count += 6;
    if (count >= 8) {
      count -= 8;
      decoded += static_cast<char>(bits >> count & 0xffU);
    }
  }
  return decoded;
}

/// The shortest decimal that is read as this number.
std::string decimalOf(double value) {
  char text[40] = "";
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (std::strtod(text, nullptr) == value) {
      break;
    }
  }
  return text;
}

class Collector {
 public:
  /// Also as forms and queries have it, with `+` for spaces.
  void add(std::string_view value, CarriedText how, std::size_t shortest = kMinValue) {
    const std::string line = onOneLine(value);
    const std::string_view text = trimmed(line);
    if (text.size() < shortest) {
      return;
    }
    addAs(text, how);
    if (text.size() > kLongestEncoded) {
      return;
    }
    if (text.find(' ') != std::string_view::npos) {
      std::string plus(text);
      std::replace(plus.begin(), plus.end(), ' ', '+');
      addAs(plus, how);
    }
  }

  /// A value that may be a word like any other.
  void addFreely(std::string_view value) {
    if (!isOrdinaryWord(inSmallLetters(onOneLine(value)))) {
      add(value, {});
    }
  }

  void addPersonal(std::string_view value) {
    CarriedText how;
    how.personal = true;
    add(value, how);
  }

  void addId(std::string_view id) {
    if (!isOrdinaryWord(inSmallLetters(onOneLine(id)))) {
      addPersonal(id);
      if (const std::string encoded = percentEncode(id); encoded != id) {
        addPersonal(encoded);
      }
    }
  }

  void addCredential(std::string_view value) {
    constexpr std::size_t kMinWithin = 6, kMinLettersWithin = 8;
    CarriedText how;
    how.personal = true;
    how.anywhere = value.size() >= (isLetters(value) ? kMinLettersWithin : kMinWithin);
    if (how.anywhere || !isOrdinaryWord(inSmallLetters(onOneLine(value)))) {
      add(value, how);
    }
    std::string line = inSmallLetters(onOneLine(value));
    if (line.size() >= kSecretPart && line.find(' ') == std::string::npos) {
      found_.credentials.push_back(std::move(line));
    }
  }

  void addName(std::string_view name) {
    addPersonal(name);
    const std::string line = onOneLine(name);
    forEachPart(line, " ,.()\"", [this](std::string_view word) {
      addNameWord(word);
      if (word.find('-') != std::string_view::npos) {
        forEachPart(word, "-", [this](std::string_view part) { addNameWord(part); });
      }
    });
  }

  void addEmail(std::string_view email) {
    addPersonal(email);
    const std::string_view mailbox = email.substr(0, email.rfind('@'));
    if (!isLetters(mailbox)) {  // otherwise it may be a word like any other
      addPersonal(mailbox);
    }
  }

  void addPhone(std::string_view phone) {
    addPersonal(phone);
    std::string digits;
    std::copy_if(phone.begin(), phone.end(), std::back_inserter(digits), &ascii::isDigit);
    if (digits.size() >= kMinPhone) {
      addPersonal(digits);
      found_.phones.push_back(std::move(digits));
    }
  }

  CarriedTexts take() {
    std::sort(found_.texts.begin(), found_.texts.end(), [](const auto& a, const auto& b) {
      return a.text.size() > b.text.size();
    });
    return std::move(found_);
  }

 private:
  void addAs(std::string_view text, CarriedText how) {
    how.text = how.exact ? std::string(text) : inSmallLetters(text);
    found_.texts.push_back(std::move(how));
  }

  void addNameWord(std::string_view word) {
    CarriedText how;
    how.personal = true;
    const std::string small = inSmallLetters(word);
    how.exact = word.size() < kMinValue || isOrdinaryWord(small);
    if (!how.exact || small != word) {
      add(word, how, kMinNameWord);
    }
  }

  CarriedTexts found_;
};

/// All texts and numbers of a request's body, and the names in its free-form parts.
class BodyTexts final : public json::Sink {
 public:
  explicit BodyTexts(Collector& texts) : texts_(texts) {}

  void null() override {}
  void boolean(bool) override {}
  void integer(std::int64_t value) override { texts_.addFreely(std::to_string(value)); }
  void largeInteger(std::uint64_t value) override { texts_.addFreely(std::to_string(value)); }
  void number(double value) override { texts_.addFreely(decimalOf(value)); }
  void text(std::string_view value) override {
    if (key_ == "name") {
      texts_.addName(value);
    } else if (key_ == "email") {
      texts_.addEmail(value);
    } else if (key_ == "phone_number") {
      texts_.addPhone(value);
    } else {
      texts_.addFreely(value);
    }
  }
  void beginObject() override {}
  void key(std::string_view name) override {
    key_ = name;
    texts_.addFreely(name);
  }
  void endObject() override { key_.clear(); }
  void beginArray() override {}
  void endArray() override {}

 private:
  Collector& texts_;
  std::string key_;  // the latest
};

/// Header fields whose values are the library's own and the same for everybody, or whose purpose
/// is to be told.
bool isForEverybody(std::string_view header) {
  return ascii::equalIgnoringCase(header, "Accept") ||
         ascii::equalIgnoringCase(header, "Content-Type") ||
         ascii::equalIgnoringCase(header, "User-Agent") ||
         ascii::equalIgnoringCase(header, "X-Request-Id");
}

bool isCredential(const std::string& header) {
  return containsAnyOf(
      inSmallLetters(header),
      {"auth", "key", "token", "secret", "passw", "credential", "signature", "session", "cookie"});
}

constexpr const char* kHeaderEnds = " ;,=\"";

/// `Bearer TOKEN`, `Basic …`, `a=TOKEN; b=TOKEN`, or nothing but a token.
void collectCredential(std::string_view value, Collector& texts) {
  texts.addCredential(value);
  std::string_view scheme;
  forEachPart(value, kHeaderEnds, [&](std::string_view part) {
    if (part.data() == value.data() && part.size() < value.size() && isLetters(part)) {
      scheme = part;
      return;
    }
    texts.addCredential(part);
    if (ascii::equalIgnoringCase(scheme, "Basic")) {
      const std::string pair = base64Decode(part);
      texts.addCredential(pair);
      if (const auto colon = pair.find(':'); colon != std::string::npos) {
        texts.addCredential(std::string_view(pair).substr(colon + 1));
      }
    }
  });
}

void collectHeaders(const Headers& headers, Collector& texts) {
  for (const auto& [name, value] : headers) {
    if (isForEverybody(name)) {
      continue;
    }
    if (isCredential(name)) {
      collectCredential(value, texts);
      continue;
    }
    if (ascii::equalIgnoringCase(name, "X-Workspace-Id")) {
      texts.addPersonal(value);
      continue;
    }
    texts.addFreely(value);
    forEachPart(value, kHeaderEnds, [&texts](std::string_view part) {
      constexpr std::size_t kMinToken = 4;
      if (part.size() >= kMinToken) {
        texts.addFreely(part);
      }
    });
  }
}

}  // namespace

CarriedTexts carriedTexts(const CallRequest& request) {
  Collector texts;
  collectHeaders(request.http.headers, texts);
  request.forEachId([&texts](std::string_view id) { texts.addId(id); });
  if (!request.http.body.empty()) {
    BodyTexts body(texts);
    try {
      json::read(request.http.body, body);
    } catch (const json::SyntaxError&) {  // NOLINT(bugprone-empty-catch): what was read is known
    }
  }
  return texts.take();
}

bool mayHoldCarriedText(const CallRequest& request, std::string_view text) {
  constexpr std::size_t kBeginning = 8;  // of what is looked for within a code
  constexpr std::size_t kMostStarts = 32;
  const auto isIn = [](std::string_view part, std::string_view whole) {
    return std::search(whole.begin(), whole.end(), part.begin(), part.end(), [](char a, char b) {
             return ascii::toLower(a) == ascii::toLower(b);
           }) != whole.end();
  };
  // Of a credential eight bytes are looked for, of anything else the whole: the beginning will do.
  const auto mayHoldPartOf = [&](std::string_view value) {
    bool found = value.size() >= kMinValue && value.size() < kSecretPart && isIn(value, text);
    for (std::size_t at = 0; !found && at + kSecretPart <= value.size(); ++at) {
      found = isIn(value.substr(at, kSecretPart), text);
    }
    return found;
  };
  for (const auto& [name, value] : request.http.headers) {
    bool found = false;
    if (!isForEverybody(name)) {
      forEachPart(
          value, kHeaderEnds, [&](std::string_view part) { found = found || mayHoldPartOf(part); });
      constexpr std::string_view kBasic = "Basic ";
      if (ascii::equalIgnoringCase(std::string_view(value).substr(0, kBasic.size()), kBasic)) {
        forEachPart(base64Decode(value.substr(kBasic.size())), ":", [&](std::string_view part) {
          found = found || mayHoldPartOf(part);
        });
      }
    }
    if (found) {
      return true;
    }
  }
  // The beginnings of what may be carried: the text's own, and those of words that are followed by
  // enough. One pass over the body looks for all of them.
  std::array<bool, 256> first{};
  std::string_view starts[kMostStarts];
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = at == 0 || !(ascii::isLetter(text[at - 1]) || ascii::isDigit(text[at - 1]));
    if (begins && (at == 0 || at + kBeginning <= text.size())) {
      if (count == kMostStarts) {
        return true;
      }
      starts[count++] = text.substr(at, kBeginning);
      first.at(static_cast<unsigned char>(ascii::toLower(text[at]))) = true;
    }
  }
  const auto holdsStart = [&](std::string_view whole) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      if (!first[static_cast<unsigned char>(ascii::toLower(whole[at]))]) {
        continue;
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (ascii::equalIgnoringCase(whole.substr(at, starts[i].size()), starts[i])) {
          return true;
        }
      }
    }
    return false;
  };
  if (holdsStart(request.http.body)) {
    return true;
  }
  bool found = false;
  request.forEachId([&](std::string_view id) { found = found || holdsStart(id); });
  return found;
}

}  // namespace heymilo
