#include "json/fast_reader.hpp"

#include <simdjson.h>

#include <limits>

namespace heymilo::json {

namespace {

namespace od = simdjson::ondemand;
using simdjson::SUCCESS;

// By reference: a value is 32 bytes that were written piece by piece, and copying them at once waits
// for each piece.
bool readValue(od::value& value, Sink& sink);

bool readNumber(od::value& value, Sink& sink) {
  od::number number;
  if (value.get_number().get(number) != SUCCESS) {
    return false;
  }
  if (number.is_double()) {
    sink.number(number.get_double());
  } else if (number.is_int64()) {
    sink.integer(number.get_int64());
  } else {
    const std::uint64_t large = number.get_uint64();
    if (large > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)())) {
      sink.largeInteger(large);
    } else {
      sink.integer(static_cast<std::int64_t>(large));
    }
  }
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
    od::value&& element = std::move(result).value_unsafe();
    if (!readValue(element, sink)) {
      return false;
    }
  }
  sink.endArray();
  return true;
}

/// Recursion is as deep as the sink takes it: see kMaxDepth.
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
    case od::json_type::null:
      if (!value.is_null()) {
        return false;
      }
      sink.null();
      return true;
    case od::json_type::object: {
      od::object object;
      return value.get_object().get(object) == SUCCESS && readObject(object, sink);
    }
    case od::json_type::array: {
      od::array array;
      return value.get_array().get(array) == SUCCESS && readArray(array, sink);
    }
  }
  return false;
}

}  // namespace

bool readFast(std::string_view text, Sink& sink) {
  od::parser parser;
  const simdjson::padded_string padded(text);
  od::document document;
  od::object root;
  return parser.iterate(padded).get(document) == SUCCESS &&
         document.get_object().get(root) == SUCCESS && readObject(root, sink) && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace heymilo::json
