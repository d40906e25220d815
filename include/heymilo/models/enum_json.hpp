#pragma once

#include <string_view>
#include <type_traits>

#include "heymilo/export.hpp"

// nlohmann/json makes a number of any enumeration that it is not told about, and of a number any
// enumeration. What stands here keeps it from doing so with those of this library: a header that
// has one includes this, and a test holds it to that. No header of nlohmann/json is needed for it.

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

/// Throws the DecodeError for a value of this type (`number`) in the place of a text.
[[noreturn]] HEYMILO_EXPORT void refuseAsText(const char* found);

template <class Json>
void setText(Json& json, std::string_view text) {
  json = typename Json::string_t(text.data(), text.size());
}

/// The text that `json` is; throws DecodeError where it is something else.
template <class Json>
std::string_view getText(const Json& json) {
  const auto* text = json.template get_ptr<const typename Json::string_t*>();
  if (text == nullptr) {
    refuseAsText(json.type_name());
  }
  return std::string_view(text->data(), text->size());
}

}  // namespace detail

/// An enumeration of this namespace does not convert to JSON, unless another overload says that it
/// is its text there. (Those of heymilo::testing and heymilo::workflows have overloads of their
/// own: a call looks in the namespace of the enumeration only.)
template <class Json, class Enum, detail::IfJsonAndEnum<Json, Enum> = 0>
void to_json(Json& json, Enum value) = delete;
/// Nor from it.
template <class Json, class Enum, detail::IfJsonAndEnum<Json, Enum> = 0>
void from_json(const Json& json, Enum& value) = delete;

}  // namespace heymilo
