#include "redaction.hpp"

#include <algorithm>
#include <utility>

#include "ascii.hpp"
#include "one_line.hpp"

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

/// Takes out what looks like an e-mail address, also as a URL has it: a server may name somebody
/// whom the request did not.
void redactAddresses(std::string& line, std::string_view sign) {
  for (std::size_t at = line.find(sign); at != std::string::npos; at = line.find(sign, at + 1)) {
    const std::size_t before = line.find_last_of(kEnds, at);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    const std::size_t end = (std::min)(line.find_first_of(kEnds, at), line.size());
    if (begin < at && at + sign.size() < end) {
      line.replace(begin, end - begin, kReplacement);
      at = begin;
    }
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

/// How long the phone number that begins at `at` is, if it is one of `phones`; otherwise 0.
std::size_t phoneAt(std::string_view text, std::size_t at, const std::vector<std::string>& phones) {
  constexpr std::size_t kMinDigits = 7;
  if (phones.empty() || !ascii::isDigit(text[at]) || wordCharacterBefore(text, at)) {
    return 0;
  }
  std::string digits;
  std::size_t end = at;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (ascii::isDigit(text[i])) {
      digits += text[i];
      end = i + 1;
    } else if (std::string_view(" -.()/").find(text[i]) == std::string_view::npos) {
      break;
    }
  }
  // One of the two may be without the country's code.
  const bool found = std::any_of(phones.begin(), phones.end(), [&](std::string_view phone) {
    const std::size_t common = (std::min)(phone.size(), digits.size());
    return common >= kMinDigits && phone.substr(phone.size() - common) ==
                                       std::string_view(digits).substr(digits.size() - common);
  });
  return found ? end - at : 0;
}

}  // namespace

const Redactor::Carried& Redactor::carried() const {
  if (!carried_) {
    CarriedTexts found = carriedTexts(request_, route_);
    carried_.emplace();
    carried_->texts = std::move(found.texts);
    carried_->phones = std::move(found.phones);
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

/// The beginning of the text without what the request carried. Such texts may overlap, so each
/// place within one is looked at, too.
std::string Redactor::withoutCarried(std::string_view text) const {
  const std::string small = inSmallLetters(text);
  std::string line;
  std::size_t hidden_to = 0;
  const std::size_t end = (std::min)(text.size(), kMaxRead);
  for (std::size_t at = 0; at < end; ++at) {
    if (const std::size_t length = carriedAt(text, small, at)) {
      if (at >= hidden_to) {
        line += kReplacement;
      }
      hidden_to = (std::max)(hidden_to, at + length);
    }
    if (at >= hidden_to) {
      line += text[at];
    }
  }
  if (end < text.size()) {  // the last word may be half an address
    const std::size_t last = line.find_last_of(kEnds);
    line.resize(last == std::string::npos ? 0 : last + 1);
    line += "...";
  }
  return line;
}

std::string Redactor::operator()(std::string_view text) const {
  if (text.empty()) {
    return {};
  }
  // As much more than is told that a secret which begins in there is whole.
  std::string line = withoutCarried(onOneLine(text, kMaxRead + carried().longest + 1));
  redactAddresses(line, "@");
  redactAddresses(line, "%40");
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

std::string Redactor::identifier(std::string_view text) const {
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
  const auto holds = [&](const CarriedText& one) {
    if (one.anywhere) {
      return small.find(one.text) != std::string::npos;
    }
    const std::string_view in = one.exact ? text : std::string_view(small);
    if (one.personal && in == one.text) {
      return true;
    }
    if (one.text.size() < kMinWithin || !(one.personal || hasDigit(one.text))) {
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
  return std::any_of(texts.begin(), texts.end(), holds) ? std::string(kReplacement)
                                                        : std::string(text);
}

}  // namespace heymilo
