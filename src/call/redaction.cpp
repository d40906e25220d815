#include "call/redaction.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "call/one_line.hpp"
#include "call/unescaped.hpp"

namespace heymilo {

namespace {

constexpr std::size_t kMaxLength = 300;
// How much of a text is looked at: a server's may be as long as a response.
constexpr std::size_t kMaxRead = 4096;
constexpr std::string_view kReplacement = "[redacted]";

bool isAlphanumeric(char c) noexcept { return ascii::isLetter(c) || ascii::isDigit(c); }

bool hasDigit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), &ascii::isDigit);
}

bool beginsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// What an e-mail address ends at.
constexpr const char* kEnds = " \t\r\n\"'`()<>[]{},;:";

/// Which bytes of a line are not told.
using Hidden = std::vector<bool>;

void hide(Hidden& hidden, const Reading& reading, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    const auto [from, to] = reading.places[i];
    std::fill(hidden.begin() + static_cast<std::ptrdiff_t>(from),
              hidden.begin() + static_cast<std::ptrdiff_t>(to),
              true);
  }
  if (begin < end) {  // also what is between them
    std::fill(hidden.begin() + static_cast<std::ptrdiff_t>(reading.places[begin].begin),
              hidden.begin() + static_cast<std::ptrdiff_t>(reading.places[end - 1].end),
              true);
  }
}

/// The first `length` bytes of the line, and the replacement for each part that is hidden.
std::string toldOf(std::string_view line, const Hidden& hidden, std::size_t length) {
  std::string told;
  for (std::size_t i = 0; i < length; ++i) {
    if (!hidden[i]) {
      told += line[i];
    } else if (i == 0 || !hidden[i - 1]) {
      told += kReplacement;
    }
  }
  return told;
}

/// Takes out what looks like an e-mail address, however it is escaped: a server may name somebody
/// whom the request did not.
void redactAddresses(std::string& line) {
  Hidden hidden(line.size());
  bool any = false;
  for (const Reading& reading : readingsOf(line)) {
    const std::string_view text = reading.text;
    for (std::size_t at = text.find('@'); at != std::string_view::npos;
         at = text.find('@', at + 1)) {
      std::size_t begin = at;
      if (at > 0 && text[at - 1] == '"') {  // "other person"@example.org
        const std::size_t quote = at > 1 ? text.rfind('"', at - 2) : std::string_view::npos;
        begin = quote == std::string_view::npos ? at : quote;
      } else {
        const std::size_t before = text.find_last_of(kEnds, at);
        begin = before == std::string_view::npos ? 0 : before + 1;
      }
      std::size_t end = (std::min)(text.find_first_of(kEnds, at), text.size());
      if (end == at + 1 && end < text.size() && text[end] == '[') {  // other@[192.0.2.1]
        end = (std::min)(text.find(']', end), text.size() - 1) + 1;
      }
      if (begin < at && at + 1 < end) {
        any = true;
        hide(hidden, reading, begin, end);
      }
    }
  }
  if (any) {
    line = toldOf(line, hidden, line.size());
  }
}

/// Whether [at, end) is a number within a path of fields: `data.302.email`, `data[302]`.
bool isIndexInPath(std::string_view text, std::size_t at, std::size_t end) {
  const std::string_view number = text.substr(at, end - at);
  if (!std::all_of(number.begin(), number.end(), &ascii::isDigit)) {
    return false;
  }
  const auto nameAt = [text](std::size_t i) {
    return i < text.size() && (ascii::isLetter(text[i]) || text[i] == '_');
  };
  const bool after_name = at >= 2 && (text[at - 1] == '.' || text[at - 1] == '[') && nameAt(at - 2);
  const bool before_name = end + 1 < text.size() && text[end] == '.' && nameAt(end + 1);
  return after_name || before_name;
}

/// Whether what was quoted up to `end` was cut off there.
bool isCutOff(std::string_view text, std::size_t end) {
  const std::string_view rest = text.substr(end);
  return rest.empty() || rest.front() == '"' || rest.front() == '\'' || beginsWith(rest, "...") ||
         beginsWith(rest, "\u2026") || beginsWith(rest, "\u201d") || beginsWith(rest, "\u2019");
}

/// How many digits two numbers have in common at their ends: one may be without the country's code.
std::size_t commonEnd(std::string_view a, std::string_view b) {
  const auto most = static_cast<std::ptrdiff_t>((std::min)(a.size(), b.size()));
  return static_cast<std::size_t>(std::mismatch(a.rbegin(), a.rbegin() + most, b.rbegin()).first -
                                  a.rbegin());
}

/// How long the phone number that begins at `at` is, if it is one of `phones`; otherwise 0. More
/// digits may follow, and other ones than its code may precede only without a separator.
std::size_t phoneAt(std::string_view text, std::size_t at, const std::vector<std::string>& phones) {
  constexpr std::size_t kMinDigits = 7, kMostDigits = 40;
  if (phones.empty() || !ascii::isDigit(text[at]) || (at > 0 && ascii::isDigit(text[at - 1]))) {
    return 0;
  }
  std::string digits;
  std::size_t unseparated = 0;
  std::size_t length = 0;
  for (std::size_t i = at; i < text.size() && digits.size() < kMostDigits;) {
    if (!ascii::isDigit(text[i])) {
      const std::size_t separator = separatorAt(text, i);
      if (separator == 0) {
        break;
      }
      i += separator;
      continue;
    }
    unseparated += digits.size() == i - at ? 1U : 0U;
    digits += text[i++];
    for (const std::string& phone : phones) {
      const std::size_t common = commonEnd(phone, digits);
      if (common >= kMinDigits && digits.size() - common < unseparated) {
        length = i - at;
      }
    }
  }
  return length;
}

}  // namespace

const Redactor::Carried& Redactor::carried() const {
  if (!carried_) {
    CarriedTexts found = carriedTexts(request_);
    carried_.emplace();
    carried_->texts = std::move(found.texts);
    carried_->phones = std::move(found.phones);
    carried_->credentials = std::move(found.credentials);
    carried_->parts.emplace(carried_->credentials);
    for (std::size_t i = 0; i < carried_->texts.size(); ++i) {
      const std::string& text = carried_->texts[i].text;
      carried_->beginning.at(static_cast<unsigned char>(text.front())).push_back(i);
      carried_->longest = (std::max)(carried_->longest, text.size());
    }
  }
  return *carried_;
}

/// How long the carried text is that begins at `at`; 0 where there is none. `small` is `text` in
/// small letters.
std::size_t Redactor::carriedAt(std::string_view text, std::string_view small,
                                std::size_t at) const {
  constexpr std::size_t kMinCutOff = 16;
  const Carried& carried = this->carried();
  const auto lookAmong = [&](std::string_view in) -> std::size_t {
    for (const std::size_t i : carried.beginning[static_cast<unsigned char>(in[at])]) {
      const CarriedText& one = carried.texts[i];
      const std::string_view rest = (one.exact ? text : small).substr(at);
      const auto same = static_cast<std::size_t>(
          std::mismatch(one.text.begin(),
                        one.text.begin() +
                            static_cast<std::ptrdiff_t>((std::min)(one.text.size(), rest.size())),
                        rest.begin())
              .first -
          one.text.begin());
      const std::size_t end = at + same;
      if (same < one.text.size()) {
        if (same >= kMinCutOff && isCutOff(text, end) &&
            !(wordCharacterBefore(text, at) && wordCharacterAt(text, at))) {
          return same;
        }
        continue;
      }
      const bool inside_word = (wordCharacterBefore(text, at) && wordCharacterAt(text, at)) ||
                               (wordCharacterAt(text, end) && wordCharacterBefore(text, end));
      if (one.anywhere || (!inside_word && !isIndexInPath(text, at, end))) {
        return same;
      }
    }
    return 0;
  };
  std::size_t length = lookAmong(small);
  if (small[at] != text[at]) {
    length = (std::max)(length, lookAmong(text));
  }
  return (std::max)(length, phoneAt(text, at, carried.phones));
}

/// The beginning of the line without what the request carried, however it is escaped. Such texts
/// may overlap, so each place within one is looked at, too.
std::string Redactor::withoutCarried(std::string_view line) const {
  const std::size_t end = (std::min)(line.size(), kMaxRead);
  Hidden hidden(line.size());
  for (const Reading& reading : readingsOf(line)) {
    const std::string small = inSmallLetters(reading.text);
    for (std::size_t at = 0; at < small.size() && reading.places[at].begin < end; ++at) {
      if (const std::size_t length = carriedAt(reading.text, small, at)) {
        hide(hidden, reading, at, at + length);
      }
    }
    const Reading squeezed = withoutSpaces(reading);  // a long key may be broken into lines
    for (const auto& [from, to] : carried().parts->in(inSmallLetters(squeezed.text))) {
      hide(hidden, squeezed, from, to);
    }
  }
  std::string told = toldOf(line, hidden, end);
  if (end < line.size()) {  // the last word may be half an address
    const std::size_t last = told.find_last_of(kEnds);
    told.resize(last == std::string::npos ? 0 : last + 1);
    told += "...";
  }
  return told;
}

std::string Redactor::operator()(std::string_view text) const {
  if (text.empty()) {
    return {};
  }
  // As much more than is told that a secret which begins in there is whole.
  std::string line = withoutCarried(onOneLine(text, kMaxRead + carried().longest + 1));
  redactAddresses(line);
  if (line.size() > kMaxLength) {
    std::size_t end = kMaxLength;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) {
      --end;  // not in the middle of a character
    }
    line.resize(end);
    line += "...";
  }
  return line;
}

std::string Redactor::identifier(std::string_view text) const { return token(text, false); }

std::string Redactor::code(std::string_view text) const { return token(text, true); }

std::string Redactor::token(std::string_view text, bool is_code) const {
  constexpr std::size_t kLongest = 128, kMinWithin = 8;
  const bool has_form =
      text.size() <= kLongest && std::all_of(text.begin(), text.end(), [](char c) {
        return isAlphanumeric(c) || std::string_view("_-.:/").find(c) != std::string_view::npos;
      });
  if (!has_form) {
    return (*this)(text);
  }
  if (!mayHoldCarriedText(request_, text)) {
    return std::string(text);
  }
  const std::string small = inSmallLetters(text);
  // A code of words, capital letters or small ones, says nothing of a person whose name they are.
  const bool is_words = is_code && !hasDigit(text) &&
                        (small == text || std::none_of(text.begin(), text.end(), [](char c) {
                           return c >= 'a' && c <= 'z';
                         }));
  const auto holds = [&](const CarriedText& one) {
    if (one.anywhere) {
      return small.find(one.text) != std::string::npos;
    }
    const bool is_marked = hasDigit(one.text) || one.text.find_first_of("@.") != std::string::npos;
    const std::string_view in = one.exact ? text : std::string_view(small);
    if (one.personal && in == one.text) {
      return is_marked || !is_words;
    }
    const bool sought_within = one.personal ? is_marked || !is_code : hasDigit(one.text);
    if (one.text.size() < kMinWithin || !sought_within) {
      return false;
    }
    for (auto at = in.find(one.text); at != std::string_view::npos;
         at = in.find(one.text, at + 1)) {
      const std::size_t end = at + one.text.size();
      if ((at == 0 || !isAlphanumeric(in[at - 1])) &&
          (end == in.size() || !isAlphanumeric(in[end]))) {
        return true;
      }
    }
    return false;
  };
  const auto& texts = carried().texts;
  const bool told =
      std::none_of(texts.begin(), texts.end(), holds) && carried().parts->in(small).empty();
  return told ? std::string(text) : std::string(kReplacement);
}

}  // namespace heymilo
