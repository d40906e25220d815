#include "redaction.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "json/mismatch.hpp"
#include "json/reader.hpp"
#include "json/sink.hpp"

namespace heymilo {

namespace {

constexpr std::size_t kMaxLength = 300;
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

/// Takes out what looks like an e-mail address: a server may name somebody whom the request did
/// not.
void redactAddresses(std::string& line) {
  constexpr const char* kEnds = " \t\r\n\"'`()<>[]{},;:";
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

bool sameIgnoringCase(char a, char b) { return ascii::toLower(a) == ascii::toLower(b); }

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
  secrets_.erase(std::remove_if(secrets_.begin(),
                                secrets_.end(),
                                [](const std::string& text) { return text.size() < kMinSecret; }),
                 secrets_.end());
  std::sort(secrets_.begin(), secrets_.end(), [](const std::string& a, const std::string& b) {
    return a.size() > b.size();
  });
}

std::string Redactor::operator()(std::string_view text) const {
  std::string line(text);
  for (const std::string& secret : secrets_) {
    for (auto from = line.begin();;) {
      const auto found =
          std::search(from, line.end(), secret.begin(), secret.end(), sameIgnoringCase);
      if (found == line.end()) {
        break;
      }
      const auto at = found - line.begin();
      line.replace(static_cast<std::size_t>(at), secret.size(), kReplacement);
      from = line.begin() + at + static_cast<std::ptrdiff_t>(kReplacement.size());
    }
  }
  redactAddresses(line);
  for (char& c : line) {
    if (ascii::isControl(c)) {
      c = ' ';
    }
  }
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
