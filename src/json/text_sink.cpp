#include "json/text_sink.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "json/mismatch.hpp"

namespace heymilo::json {

namespace {

constexpr std::size_t kBlock = sizeof(std::uint64_t);
constexpr std::size_t kLongestNumber = 64;
constexpr std::size_t kLongestEscape = 6;

bool isPlain(unsigned char byte) noexcept {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/// Whether all eight bytes are ASCII that needs no escape: a byte is zero where `block - 1s`
/// borrows from it.
bool isPlain(std::uint64_t block) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  const std::uint64_t quote = block ^ ('"' * kOnes);
  const std::uint64_t backslash = block ^ ('\\' * kOnes);
  const std::uint64_t found =
      block | (block - 0x20 * kOnes) | (quote - kOnes) | (backslash - kOnes);
  return (found & kHighs) == 0;
}

/// Copies the text as far as it is ASCII without escapes, which is nearly always all of it. Returns
/// how much that is, or somewhat less.
std::size_t copyPlain(char* to, std::string_view text) noexcept {
  std::uint64_t block = 0;
  std::size_t i = 0;
  const auto copyBlock = [&](std::size_t at) {
    std::memcpy(&block, text.data() + at, kBlock);
    if (!isPlain(block)) {
      return false;
    }
    std::memcpy(to + at, &block, kBlock);
    return true;
  };
  if (text.size() >= kBlock) {
    for (; text.size() - i >= kBlock; i += kBlock) {
      if (!copyBlock(i)) {
        return i;
      }
    }
    return i == text.size() || copyBlock(text.size() - kBlock) ? text.size() : i;
  }
  while (i < text.size() && isPlain(static_cast<unsigned char>(text[i]))) {
    to[i] = text[i];
    ++i;
  }
  return i;
}

/// Writes the byte, escaped where it has to be.
char* escaped(char* to, unsigned char byte) noexcept {
  if (byte >= 0x20 && byte != '"' && byte != '\\') {
    *to++ = static_cast<char>(byte);
    return to;
  }
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  const std::size_t known = kEscaped.find(static_cast<char>(byte));
  if (known != std::string_view::npos) {
    *to++ = '\\';
    *to++ = kLetters[known];
  } else {
    constexpr char kHex[] = "0123456789abcdef";
    for (const char c : {'\\', 'u', '0', '0', kHex[byte >> 4U], kHex[byte & 0xfU]}) {
      *to++ = c;
    }
  }
  return to;
}

template <std::size_t N>
char* put(char* to, const char (&literal)[N]) noexcept {
  std::memcpy(to, literal, N - 1);
  return to + N - 1;
}

}  // namespace

std::string TextSink::take() {
  text_.resize(used());
  return std::move(text_);
}

/// Where at least so many bytes can be written; at_ is to be moved past them.
char* TextSink::space(std::size_t bytes) {
  if (left() < bytes) {
    grow(bytes);
  }
  return at_;
}

void TextSink::grow(std::size_t bytes) {
  constexpr std::size_t kLeast = 2048, kFew = 256;  // of what follows
  const std::size_t before = used();
  std::size_t size = (std::max)({kLeast, before + bytes + kFew, before + before / 2});
  if (written_ > 0) {
    // The first ones may be longer than the others: not more than is usual for a request, or twice.
    constexpr std::size_t kUsual = std::size_t{1} << 20;
    const std::size_t each = (before - begin_) / written_ + 1;
    const std::size_t most = (std::max)(kUsual, 2 * before);
    const std::size_t elements = (std::min)(all_ - written_, most / each);
    size = (std::max)(size, (std::min)(before + bytes + each * elements * 17 / 16, most));
  }
  text_.resize(size);
  at_ = text_.data() + before;
}

/// Room for so many bytes after the comma, if there has to be one.
char* TextSink::separated(std::size_t bytes) {
  char* to = space(bytes + 1);
  if (!first_) {
    *to++ = ',';
  }
  first_ = false;
  return to;
}

/// `to` has room for the text and three bytes more.
void TextSink::quote(char* to, std::string_view value) {
  *to++ = '"';
  const std::size_t copied = copyPlain(to, value);
  at_ = to + copied;
  if (copied < value.size()) {
    quoteRest(value.substr(copied));
  }
  *at_++ = '"';
}

/// The rest from a character on. Leaves room for two bytes.
void TextSink::quoteRest(std::string_view rest) {
  if (!isUtf8(rest)) {
    throw Mismatch{{}, "text is not valid UTF-8"};
  }
  constexpr std::size_t kPiece = 64;
  while (!rest.empty()) {
    const std::string_view piece = rest.substr(0, kPiece);
    rest.remove_prefix(piece.size());
    char* to = space(kLongestEscape * piece.size() + rest.size() + 2);
    for (const char c : piece) {
      to = escaped(to, static_cast<unsigned char>(c));
    }
    at_ = to;
  }
}

void TextSink::null() { at_ = put(separated(4), "null"); }

void TextSink::boolean(bool value) {
  char* const to = separated(5);
  at_ = value ? put(to, "true") : put(to, "false");
}

void TextSink::integer(std::int64_t value) {
  char* const to = separated(kLongestNumber);
  at_ = std::to_chars(to, to + kLongestNumber, value).ptr;
}

void TextSink::largeInteger(std::uint64_t value) {
  char* const to = separated(kLongestNumber);
  at_ = std::to_chars(to, to + kLongestNumber, value).ptr;
}

void TextSink::number(double value) {
  if (!std::isfinite(value)) {
    throw Mismatch{{}, "JSON cannot represent NaN or infinity"};
  }
  char* const to = separated(kLongestNumber);
  at_ = nlohmann::detail::to_chars(to, to + kLongestNumber, value);  // as dump() does
}

void TextSink::text(std::string_view value) { quote(separated(value.size() + 3), value); }

void TextSink::key(std::string_view name) {
  quote(separated(name.size() + 3), name);
  *at_++ = ':';
  first_ = true;
}

void TextSink::beginObject() {
  at_ = put(separated(1), "{");
  first_ = true;
}

void TextSink::endObject() {
  at_ = put(space(1), "}");
  first_ = false;
}

void TextSink::beginArray() {
  at_ = put(separated(1), "[");
  first_ = true;
  if (++arrays_ == 1) {
    begin_ = used();
  }
}

void TextSink::endArray() {
  at_ = put(space(1), "]");
  first_ = false;
  if (--arrays_ == 0) {
    written_ = 0;
  }
}

void TextSink::progress(std::size_t written, std::size_t all) noexcept {
  if (arrays_ == 1) {
    written_ = written;
    all_ = all;
  }
}

}  // namespace heymilo::json
