#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "heymilo/models/timestamp.hpp"

namespace heymilo::testing::detail {

/// Appends JSON to a text, property by property in the order of the calls, as the real API does.
/// Names must not need escaping; texts must be UTF-8.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& beginObject() { return open('{'); }
  JsonWriter& endObject() { return close('}'); }
  JsonWriter& beginArray() { return open('['); }
  JsonWriter& endArray() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& null() { return raw("null"); }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& integer(std::int64_t value);
  /// With one decimal digit.
  JsonWriter& decimal(double value);
  /// Unix seconds, with as many decimal digits as needed but at least one.
  JsonWriter& time(Timestamp moment);
  JsonWriter& text(std::string_view value);
  /// A value that is already JSON.
  JsonWriter& raw(std::string_view json);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
};

}  // namespace heymilo::testing::detail
