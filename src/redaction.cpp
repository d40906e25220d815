#include "redaction.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "json/mismatch.hpp"
#include "json/reader.hpp"
#include "json/sink.hpp"
#include "utf8.hpp"

namespace heymilo {

namespace {

constexpr std::size_t kMaxLength = 300;
// How much of a text is looked at: a server's may be as long as an answer.
constexpr std::size_t kMaxRead = 4096;
constexpr std::size_t kMinSecret = 3;  // shorter ones would tear up every word
constexpr std::string_view kReplacement = "[redacted]";

/// All texts of a request's body, and the names in its free-form parts.
class BodyTexts final : public json::Sink {
 public:
  explicit BodyTexts(std::vector<std::string>& texts) : texts_(texts) {}

  void null() override {}
  void boolean(bool) override {}
  void integer(std::int64_t value) override { texts_.push_back(std::to_string(value)); }
  void largeInteger(std::uint64_t value) override { texts_.push_back(std::to_string(value)); }
  void number(double) override {}
  void text(std::string_view value) override { texts_.emplace_back(value); }
  void beginObject() override {}
  void key(std::string_view name) override {
    for (const std::string_view documented :
         {"name", "email", "phone_number", "metadata", "data"}) {
      if (name == documented) {
        return;
      }
    }
    texts_.emplace_back(name);
  }
  void endObject() override {}
  void beginArray() override {}
  void endArray() override {}

 private:
  std::vector<std::string>& texts_;
};

int hexDigit(char c) {
  const std::string_view digits = "0123456789abcdef";
  const auto found = digits.find(ascii::toLower(c));
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

std::string percentDecode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

/// What stands in `url` behind `marker`, up to one of `ends`; both as it is and decoded.
void collectBehind(std::string_view url, std::string_view marker, const char* ends,
                   std::vector<std::string>& secrets) {
  const std::size_t found = url.find(marker);
  if (found == std::string_view::npos) {
    return;
  }
  const std::size_t begin = found + marker.size();
  const std::string_view value = url.substr(begin, url.find_first_of(ends, begin) - begin);
  secrets.emplace_back(value);
  secrets.push_back(percentDecode(value));
}

/// Header fields whose values are the library's own and the same for everybody.
bool isOrdinary(std::string_view header) {
  return ascii::equalIgnoringCase(header, "Accept") ||
         ascii::equalIgnoringCase(header, "Content-Type") ||
         ascii::equalIgnoringCase(header, "User-Agent");
}

// What an e-mail address ends at.
constexpr const char* kEnds = " \t\r\n\"'`()<>[]{},;:";

/// Takes out what looks like an e-mail address: a server may name somebody whom the request did
/// not.
void redactAddresses(std::string& line) {
  for (std::size_t at = line.find('@'); at != std::string::npos; at = line.find('@', at + 1)) {
    const std::size_t before = line.find_last_of(kEnds, at);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    const std::size_t end = (std::min)(line.find_first_of(kEnds, at), line.size());
    if (begin < at && at + 1 < end) {
      line.replace(begin, end - begin, kReplacement);
      at = begin;
    }
  }
}

/// The text on one line: what could end it, move a cursor or is no UTF-8 is replaced, and so is a
/// run of spaces by one of them. Both what is told and what must not be told is read in this form,
/// so that a server which breaks a line elsewhere gives nothing away. Ends after `longest` bytes.
std::string onOneLine(std::string_view text, std::size_t longest = std::string::npos) {
  std::string line;
  while (!text.empty() && line.size() < longest) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::string_view character = text.substr(0, length);
    if (!isUtf8(character)) {
      text.remove_prefix(1);
      line += '?';
      continue;
    }
    text.remove_prefix(character.size());
    const bool separator = character == "\u2028" || character == "\u2029";
    const bool c1 = lead == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    if (ascii::isControl(character[0]) || separator || c1) {
      character = " ";
    }
    if (character != " " || (!line.empty() && line.back() != ' ')) {
      line += character;
    }
  }
  return line;
}

bool beginsWith(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         ascii::equalIgnoringCase(text.substr(0, start.size()), start);
}

}  // namespace

Redactor::Redactor(const HttpRequest& request, std::string_view route) {
  for (const auto& [name, value] : request.headers) {
    if (isOrdinary(name)) {
      continue;
    }
    secrets_.push_back(value);
    if (const auto space = value.rfind(' '); space != std::string::npos) {
      secrets_.push_back(value.substr(space + 1));  // "Bearer KEY": the key alone, too
    }
  }
  collectBehind(request.url, route.substr(0, route.find('{')), "/?", secrets_);  // the posting's id
  collectBehind(request.url, "starting_after=", "&", secrets_);
  BodyTexts body(secrets_);
  try {
    json::read(request.body, body);
  } catch (const json::SyntaxError&) {
    // No body.
  }
  for (std::string& secret : secrets_) {
    secret = onOneLine(secret);
  }
  secrets_.erase(std::remove_if(secrets_.begin(),
                                secrets_.end(),
                                [](const std::string& text) { return text.size() < kMinSecret; }),
                 secrets_.end());
  std::sort(secrets_.begin(), secrets_.end(), [](const std::string& a, const std::string& b) {
    return a.size() > b.size();
  });
}

/// The beginning of the text without what the request carried. Secrets may overlap, so each place
/// within one is looked at, too.
std::string Redactor::withoutSecrets(std::string_view text) const {
  std::string line;
  std::size_t hidden_to = 0;
  const std::size_t end = (std::min)(text.size(), kMaxRead);
  for (std::size_t at = 0; at < end; ++at) {
    const auto found = std::find_if(secrets_.begin(), secrets_.end(), [&](const auto& secret) {
      return beginsWith(text.substr(at), secret);  // the longest comes first
    });
    if (found != secrets_.end()) {
      if (at >= hidden_to) {
        line += kReplacement;
      }
      hidden_to = (std::max)(hidden_to, at + found->size());
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
  // As much more than is told that a secret which begins in there is whole.
  const std::size_t longest_secret = secrets_.empty() ? 0 : secrets_.front().size();
  std::string line = withoutSecrets(onOneLine(text, kMaxRead + longest_secret + 1));
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

}  // namespace heymilo
