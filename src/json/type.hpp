#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "heymilo/models/schema.hpp"

/// The models' tables in the form that the codec reads: plain data and function pointers. One sink
/// and one walker therefore serve every model. type_of.hpp generates them from the C++ types.
namespace heymilo::json {

enum class Kind : std::uint8_t {
  text,       // std::string
  boolean,    // bool
  integer,    // std::int64_t
  number,     // double
  timestamp,  // Timestamp
  open_enum,  // OpenEnum<…>
  location,   // std::variant<std::string, std::int64_t>
  text_map,   // std::map<std::string, std::string>
  free_form,  // nlohmann::json that is an object
  object,     // a model
  array       // a std::vector of any of these
};

struct Type {
  Kind kind;
  bool (*equal)(const void* a, const void* b);

  // Kind::open_enum
  void (*set_text)(void* value, std::string_view text);
  std::string_view (*get_text)(const void* value);

  // Kind::object
  const detail::ObjectType* object;

  // Kind::array
  const Type* element;
  void* (*append)(void* array);
  std::size_t (*size)(const void* array);
  const void* (*at)(const void* array, std::size_t index);
};

struct FieldType {
  std::string_view name;
  bool required;
  bool shown;  // by describe(), where personal data is hidden
  const Type* type;
  void* (*engage)(void* object);            // the member, an optional one filled with a fresh value
  const void* (*peek)(const void* object);  // the member; nullptr for an empty optional
};

}  // namespace heymilo::json

namespace heymilo::detail {

struct ObjectType {
  const char* name;
  const json::FieldType* fields;
  std::size_t count;       // at most 64: the sink has a bit for each in a word
  std::uint64_t required;  // a bit for each field
  void (*clear)(void* object);
  nlohmann::json* (*additional)(void* object);
  const nlohmann::json* (*peek_additional)(const void* object);
};

}  // namespace heymilo::detail
