#pragma once

#include <cstddef>
#include <string>

#include "json/sink.hpp"

namespace heymilo::json {

/// Writes compact JSON text, byte for byte as nlohmann::json::dump() does, except: a number that
/// JSON can't represent (NaN, infinity) and text that is not UTF-8 are thrown as a Mismatch.
///
/// A short text takes one allocation. An array takes one more, however many elements it has, if
/// they are about as long as the first ones.
class TextSink final : public Sink {
 public:
  TextSink() = default;
  TextSink(const TextSink&) = delete;
  TextSink& operator=(const TextSink&) = delete;

  /// What was written, once.
  std::string take();

  void null() override;
  void boolean(bool value) override;
  void integer(std::int64_t value) override;
  void largeInteger(std::uint64_t value) override;
  void number(double value) override;
  void text(std::string_view value) override;
  void beginObject() override;
  void key(std::string_view name) override;
  void endObject() override;
  void beginArray() override;
  void endArray() override;

  /// Hides Sink's: before each element of an array, how many were written, of how many.
  void progress(std::size_t written, std::size_t all) noexcept;

 private:
  std::size_t used() const noexcept { return static_cast<std::size_t>(at_ - text_.data()); }
  std::size_t left() const noexcept { return text_.size() - used(); }
  char* space(std::size_t bytes);
  void grow(std::size_t bytes);
  char* separated(std::size_t bytes);
  void quote(char* to, std::string_view value);
  void quoteRest(std::string_view rest);

  std::string text_;  // its size is the space that there is
  char* at_ = text_.data();
  bool first_ = true;  // the next value is the first of its object or array

  // Of the outermost array.
  int arrays_ = 0;
  std::size_t begin_ = 0, written_ = 0, all_ = 0;
};

}  // namespace heymilo::json
