#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heymilo::json {

/// The contents of a JSON value as a sequence of events. Readers (of text, of trees, of models)
/// generate them; sinks (models, trees, text) consume them. Neither depends on the other: each
/// reader works with each sink. A text is valid only during the call.
class Sink {
 public:
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(std::int64_t value) = 0;
  /// An integer above the range of std::int64_t.
  virtual void largeInteger(std::uint64_t value) = 0;
  /// A number with a fraction or exponent, or an integer beyond 64 bits.
  virtual void number(double value) = 0;
  virtual void text(std::string_view value) = 0;

  virtual void beginObject() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void endObject() = 0;
  virtual void beginArray() = 0;
  virtual void endArray() = 0;

  /// A walker says before each element of an array how many were written, of how many.
  void progress(std::size_t /*written*/, std::size_t /*all*/) noexcept {}

 protected:
  ~Sink() = default;
};

/// The maximum nesting of objects and arrays that a sink accepts. Far beyond what the API sends,
/// and low enough for code that traverses a tree recursively, such as copying a nlohmann::json.
inline constexpr std::size_t kMaxDepth = 256;

}  // namespace heymilo::json
