#pragma once

#include <string>

#include "json/sink.hpp"

namespace heymilo::json {

/// Writes compact JSON text, byte for byte as nlohmann::json::dump() does, except: a number that
/// JSON can't represent (NaN, infinity) and text that is not UTF-8 are thrown as a Mismatch.
class TextSink final : public Sink {
 public:
  /// Appends to `out`, which outlives the sink.
  explicit TextSink(std::string& out) : out_(out) {}

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

 private:
  void separate();
  void quote(std::string_view value);

  std::string& out_;
  bool first_ = true;  // the next value is the first of its object or array
};

}  // namespace heymilo::json
