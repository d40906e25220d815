#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heymilo::json {

/// What a JSON value consists of, as a sequence of events. Readers (of text, of trees, of models)
/// make them; sinks (models, trees, text) take them. Neither kind knows the other, so that each
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

 protected:
  ~Sink() = default;
};

/// Objects and arrays within each other that a sink takes. Far beyond what the API sends, and low
/// enough for code that walks a tree by recursion, as copying a nlohmann::json does.
inline constexpr std::size_t kMaxDepth = 256;

}  // namespace heymilo::json
