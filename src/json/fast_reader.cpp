#include "json/fast_reader.hpp"

#include <simdjson.h>

#include <cstdint>

namespace heymilo::json {

namespace {

namespace od = simdjson::ondemand;
using simdjson::SUCCESS;

// By reference: a value is 32 bytes that were written piece by piece, and a copy as a whole would
// wait for each piece.
bool readValue(od::value& value, Sink& sink);

/// Not with get_number(): simdjson 3.0 returns 0 for some numbers of more than 19 digits.
bool readNumber(od::value& value, Sink& sink) {
  if (value.raw_json_token().find_first_of(".eE") != std::string_view::npos) {
    double number = 0;
    if (value.get_double().get(number) != SUCCESS) {
      return false;
    }
    sink.number(number);
    return true;
  }
  std::int64_t integer = 0;
  if (value.get_int64().get(integer) == SUCCESS) {
    sink.integer(integer);
    return true;
  }
  std::uint64_t large = 0;  // for integers above the range of std::int64_t
  if (value.get_uint64().get(large) != SUCCESS) {
    return false;
  }
  sink.largeInteger(large);
  return true;
}

bool readObject(od::object& object, Sink& sink) {
  sink.beginObject();
  for (auto result : object) {
    if (result.error() != SUCCESS) {
      return false;
    }
    od::field&& field = std::move(result).value_unsafe();
    std::string_view key;
    if (field.unescaped_key().get(key) != SUCCESS) {
      return false;
    }
    sink.key(key);
    if (!readValue(field.value(), sink)) {
      return false;
    }
  }
  sink.endObject();
  return true;
}

bool readArray(od::array& array, Sink& sink) {
  sink.beginArray();
  for (auto result : array) {
    if (result.error() != SUCCESS) {
      return false;
    }
    // NOLINTNEXTLINE(performance-move-const-arg): an lvalue's is const
    od::value&& element = std::move(result).value_unsafe();
    if (!readValue(element, sink)) {
      return false;
    }
  }
  sink.endArray();
  return true;
}

/// Recursion is limited by the sink: see kMaxDepth.
bool readValue(od::value& value, Sink& sink) {
  od::json_type type{};
  if (value.type().get(type) != SUCCESS) {
    return false;
  }
  switch (type) {
    case od::json_type::string: {
      std::string_view text;
      if (value.get_string().get(text) != SUCCESS) {
        return false;
      }
      sink.text(text);
      return true;
    }
    case od::json_type::number:
      return readNumber(value, sink);
    case od::json_type::boolean: {
      bool flag = false;
      if (value.get_bool().get(flag) != SUCCESS) {
        return false;
      }
      sink.boolean(flag);
      return true;
    }
    case od::json_type::null: {
      bool is_null = false;
      if (value.is_null().get(is_null) != SUCCESS || !is_null) {
        return false;
      }
      sink.null();
      return true;
    }
    case od::json_type::object: {
      od::object object;
      return value.get_object().get(object) == SUCCESS && readObject(object, sink);
    }
    case od::json_type::array: {
      od::array array;
      return value.get_array().get(array) == SUCCESS && readArray(array, sink);
    }
    default:  // `unknown`, an enumerator since simdjson 4
      return false;
  }
}

}  // namespace

bool readFast(std::string_view text, std::size_t spare, Sink& sink) {
  simdjson::padded_string copy;
  simdjson::padded_string_view padded(text.data(), text.size(), text.size() + spare);
  if (spare < simdjson::SIMDJSON_PADDING) {
    copy = simdjson::padded_string(text);
    padded = copy;
  }
  od::parser parser;
  od::document document;
  od::object root;
  return parser.iterate(padded).get(document) == SUCCESS &&
         document.get_object().get(root) == SUCCESS && readObject(root, sink) &&
         document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // nothing follows
}

}  // namespace heymilo::json
