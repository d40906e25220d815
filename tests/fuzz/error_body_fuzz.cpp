// The first line is a status and a Retry-After, the rest is the response body. For any input, the
// error is a StatusError with a text that can be logged.

#include <charconv>
#include <string>

#include "base/utf8.hpp"
#include "call/status_error.hpp"
#include "fuzz/fuzz.hpp"
#include "heymilo/errors.hpp"

namespace {

constexpr std::size_t kLongestText = 1000;

heymilo::HttpResponse answerOf(std::string_view text) {
  heymilo::HttpResponse response;
  const std::size_t line = (std::min)(text.find('\n'), text.size());
  int status = 0;
  const auto end = std::from_chars(text.data(), text.data() + line, status).ptr;
  response.status = status >= 300 && status <= 999 ? status : 422;
  try {
    response.headers.add("Retry-After", std::string(end, text.data() + line));
    response.headers.add("X-Request-Id", std::string(end, text.data() + line));
  } catch (const heymilo::InvalidArgumentError&) {
    // Not valid in a header.
  }
  response.body = text.substr((std::min)(line + 1, text.size()));
  return response;
}

}  // namespace

/// Whether the words are in the text, and not within longer words.
static bool holdsAsWords(const std::string& text, const std::string& words) {
  const auto isPartOfWord = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    if ((at == 0 || !isPartOfWord(text[at - 1])) &&
        (end == text.size() || !isPartOfWord(text[end]))) {
      return true;
    }
  }
  return false;
}

void fuzzOne(std::string_view text) {
  heymilo::CallRequest request;
  request.appendId("posting-canary");
  request.http.headers.add("X-API-KEY", "key-canary");
  request.http.body = R"({"name":"Canary Name","email":"canary@example.com"})";
  const heymilo::Redactor redact(request);

  const heymilo::HttpResponse response = answerOf(text);
  try {
    heymilo::throwStatusError("ingestCandidate", response, redact);
  } catch (const heymilo::StatusError& error) {
    const std::string what = error.what();
    check(what.size() <= kLongestText, "what() is of bounded length");
    check(heymilo::isUtf8(what), "what() is UTF-8");
    for (const char c : what) {
      check(static_cast<unsigned char>(c) >= ' ' && c != '\x7f', "what() is one line");
    }
    check(what.find("\u2028") == std::string::npos && what.find("\u009b") == std::string::npos,
          "what() is one line, and moves no cursor");
    check(what.find("key-canary") == std::string::npos, "what() holds no key");
    check(!holdsAsWords(what, "Canary Name"), "what() holds no name");
    check(what.find("canary@example.com") == std::string::npos, "what() holds no address");
    check(error.status() == response.status, "the status is the answer's");
    check(error.rawBody() == response.body, "the body is the answer's");
    check(!error.error().code.empty() && !error.error().message.empty() &&
              !error.error().type.empty(),
          "error() is filled");
    check((error.outcome() == heymilo::Outcome::rejected) ==
              (response.status >= 400 && response.status < 500 && response.status != 408 &&
               response.status != 499),
          "4xx other than 408 and 499 is rejected, and nothing else");
  }
}
