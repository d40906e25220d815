#include "json/reader.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace heymilo::json {

namespace {

/// Memory for the parser's two buffers of the token that it reads. Each starts with the capacity of
/// a byte or a few, and grows with the longest token: a dozen allocations for a small document.
/// Lives as long as the parser, on its thread's stack; the latest one of a thread is in use. What
/// does not fit comes from the heap.
class Scratch {
 public:
  static constexpr std::size_t kSize = 4096;

  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the memory is written before it is read
  Scratch() noexcept : before_(latest) { latest = this; }
  ~Scratch() { latest = before_; }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  static void* allocate(std::size_t size, std::size_t alignment) {
    Scratch* const here = latest;
    if (here != nullptr) {
      const std::size_t begin = (here->used_ + alignment - 1) / alignment * alignment;
      if (begin <= here->memory_.size() && size <= here->memory_.size() - begin) {
        here->used_ = begin + size;
        return here->memory_.data() + begin;
      }
    }
    return ::operator new(size);
  }
  static void free(void* memory) noexcept {
    if (latest == nullptr || !latest->holds(memory)) {
      ::operator delete(memory);
    }
  }

 private:
  bool holds(const void* memory) const noexcept {
    const std::less<const void*> before;
    return !before(memory, memory_.data()) && before(memory, memory_.data() + memory_.size());
  }

  static thread_local Scratch* latest;

  Scratch* const before_;
  std::size_t used_ = 0;
  alignas(std::max_align_t) std::array<std::byte, kSize> memory_;
};

thread_local Scratch* Scratch::latest = nullptr;

template <class T>
struct ScratchAllocator {
  static_assert(alignof(T) <= alignof(std::max_align_t));
  using value_type = T;

  ScratchAllocator() = default;
  template <class U>
  ScratchAllocator(const ScratchAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    return static_cast<T*>(Scratch::allocate(count * sizeof(T), alignof(T)));
  }
  void deallocate(T* memory, std::size_t) noexcept { Scratch::free(memory); }

  friend bool operator==(ScratchAllocator, ScratchAllocator) noexcept { return true; }
  friend bool operator!=(ScratchAllocator, ScratchAllocator) noexcept { return false; }
};

using ScratchString = std::basic_string<char, std::char_traits<char>, ScratchAllocator<char>>;

/// Only for its parser, whose strings are of that type.
using ScratchJson = nlohmann::basic_json<std::map, std::vector, ScratchString>;

// More than the texts of most candidates have. It is reserved in the parser's constructor, which is
// noexcept, and so must fit.
constexpr std::size_t kUsualToken = 1024;
static_assert(kUsualToken < Scratch::kSize / 3);

/// A byte of the document. The parser keeps the bytes of a token in a std::vector of the value type
/// of the iterator over the document. For this type that is the vector below, which is in Scratch.
struct Byte {
  char value;

  // NOLINTNEXTLINE(google-explicit-constructor): used as a char is
  constexpr Byte(char byte) noexcept : value(byte) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr operator char() const noexcept { return value; }
};

/// Over the bytes of a document.
class Bytes {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Byte;
  using difference_type = std::ptrdiff_t;
  using pointer = const Byte*;
  using reference = Byte;

  explicit Bytes(const char* at) noexcept : at_(at) {}

  Byte operator*() const noexcept { return *at_; }
  Bytes& operator++() noexcept {
    ++at_;
    return *this;
  }
  bool operator==(Bytes other) const noexcept { return at_ == other.at_; }
  bool operator!=(Bytes other) const noexcept { return at_ != other.at_; }

 private:
  const char* at_;
};

}  // namespace
}  // namespace heymilo::json

template <>
struct std::char_traits<heymilo::json::Byte> : std::char_traits<char> {};

// Not all of a std::vector: what nlohmann's lexer uses, and not used for anything else.
// NOLINTNEXTLINE(cert-dcl58-cpp): of a type of this file
template <>
class std::vector<heymilo::json::Byte>
    : public std::vector<heymilo::json::Byte,
                         heymilo::json::ScratchAllocator<heymilo::json::Byte>> {
 public:
  vector() { reserve(heymilo::json::kUsualToken); }
};

namespace heymilo::json {
namespace {

/// Receives the events of nlohmann's parser. Its error texts quote the document: only the position
/// and the kind of the error are used.
class SaxAdapter {
 public:
  explicit SaxAdapter(Sink& sink) : sink_(sink) {}

  // NOLINTBEGIN(readability-identifier-naming): the names are the parser's
  bool null() {
    sink_.null();
    return true;
  }
  bool boolean(bool value) {
    sink_.boolean(value);
    return true;
  }
  bool number_integer(std::int64_t value) {
    sink_.integer(value);
    return true;
  }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)())) {
      sink_.largeInteger(value);
    } else {
      sink_.integer(static_cast<std::int64_t>(value));
    }
    return true;
  }
  template <class Text>  // another one in the parser of binary formats, which is only compiled
  bool number_float(double value, const Text&) {
    sink_.number(value);
    return true;
  }
  bool string(const ScratchString& value) {
    sink_.text(value);
    return true;
  }
  bool binary(const ScratchJson::binary_t&) { return false; }  // not in JSON text
  bool start_object(std::size_t) {
    sink_.beginObject();
    return true;
  }
  bool key(const ScratchString& name) {
    sink_.key(name);
    return true;
  }
  bool end_object() {
    sink_.endObject();
    return true;
  }
  bool start_array(std::size_t) {
    sink_.beginArray();
    return true;
  }
  bool end_array() {
    sink_.endArray();
    return true;
  }
  template <class Exception>
  [[noreturn]] bool parse_error(std::size_t position, const std::string&, const Exception& error) {
    constexpr int kNumberOutOfRange = 406;
    const std::size_t from_zero = position == 0 ? 0 : position - 1;
    if (error.id == kNumberOutOfRange) {
      throw SyntaxError{"number out of range of a double", from_zero};
    }
    throw SyntaxError{"invalid JSON", from_zero};
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  Sink& sink_;
};

}  // namespace

void read(std::string_view text, Sink& sink) {
  // The parser treats a NUL byte as the end of its input and ignores the rest.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw SyntaxError{"invalid JSON: NUL byte", nul};
  }
  if (text.empty()) {
    throw SyntaxError{"empty", 0};
  }
  SaxAdapter adapter(sink);
  Scratch scratch;  // not const: the parser writes into it
  ScratchJson::sax_parse(Bytes(text.data()), Bytes(text.data() + text.size()), &adapter);
}

}  // namespace heymilo::json
