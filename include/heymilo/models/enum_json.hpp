#pragma once

#include <string_view>
#include <type_traits>

#include "heymilo/export.hpp"

// nlohmann/json converts any enumeration without own overloads to a number, and a number to any
// enumeration. The declarations here prevent that for the enumerations of this library: a header
// that defines one must include this, and a test checks it. No header of nlohmann/json is needed.

namespace heymilo {

namespace detail {

/// Whether T is a nlohmann::basic_json.
template <class T, class = void>
struct IsJson : std::false_type {};
template <class T>
struct IsJson<
    T, std::void_t<typename T::string_t, typename T::number_float_t, typename T::json_pointer>>
    : std::true_type {};
template <class T>
using IfJson = std::enable_if_t<IsJson<T>::value, int>;
template <class Json, class T>
using IfJsonAndEnum = std::enable_if_t<IsJson<Json>::value && std::is_enum_v<T>, int>;

/// Throws the DecodeError for a value of this type (`number`) instead of a text.
[[noreturn]] HEYMILO_EXPORT void refuseAsText(const char* found);

template <class Json>
void setText(Json& json, std::string_view text) {
  json = typename Json::string_t(text.data(), text.size());
}

/// The text of `json`; throws DecodeError if it is not a text.
template <class Json>
std::string_view getText(const Json& json) {
  const auto* text = json.template get_ptr<const typename Json::string_t*>();
  if (text == nullptr) {
    refuseAsText(json.type_name());
  }
  return std::string_view(text->data(), text->size());
}

}  // namespace detail

/// An enumeration of this namespace does not convert to JSON, unless another overload converts it
/// to its text. (The enumerations of heymilo::testing and heymilo::workflows have their own
/// overloads: argument-dependent lookup only finds the enumeration's own namespace.)
template <class Json, class Enum, detail::IfJsonAndEnum<Json, Enum> = 0>
void to_json(Json& json, Enum value) = delete;
/// An enumeration does not convert from JSON either.
template <class Json, class Enum, detail::IfJsonAndEnum<Json, Enum> = 0>
void from_json(const Json& json, Enum& value) = delete;

}  // namespace heymilo
