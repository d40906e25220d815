#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "heymilo/export.hpp"

/// How a model says what its JSON looks like. Under each struct stands its Schema: the one table
/// from which decoding, encoding, comparison, the paths in errors and the conformance test are
/// derived. Nothing here is meant to be called by users of the library, who have
/// `nlohmann::json` conversion and `==`.
namespace heymilo {

/// The field table of T, specialised under each model.
template <class T>
struct Schema;

namespace detail {

/// One row of a table: the JSON property `name` is held by `member`.
template <class Struct, class Member>
struct Field {
  const char* name;
  Member Struct::*member;
  bool required;
};

/// A property that the schema requires: missing or null is an error.
template <class Struct, class Member>
constexpr Field<Struct, Member> required(const char* name, Member Struct::*member) {
  return {name, member, true};
}

/// A property that may be missing or null: then the member keeps its default, which is empty for
/// a std::optional and the schema's default for any other type.
template <class Struct, class Member>
constexpr Field<Struct, Member> optional(const char* name, Member Struct::*member) {
  return {name, member, false};
}

template <class T, class = void>
struct IsModel : std::false_type {};
template <class T>
struct IsModel<T, std::void_t<decltype(Schema<T>::name)>> : std::true_type {};

/// The table of T in the form that the codec reads. Defined for each model in src/json.
struct ObjectType;
template <class T>
HEYMILO_EXPORT const ObjectType& objectType();

HEYMILO_EXPORT void encodeTree(const ObjectType& type, const void* object, nlohmann::json& json);
HEYMILO_EXPORT void decodeTree(const ObjectType& type, const nlohmann::json& json, void* object);
HEYMILO_EXPORT bool equal(const ObjectType& type, const void* a, const void* b);

}  // namespace detail

/// Writes a model as JSON. An empty optional is left out.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
void to_json(nlohmann::json& json, const T& model) {
  detail::encodeTree(detail::objectType<T>(), std::addressof(model), json);
}

/// Reads a model from JSON. Throws DecodeError, whose path() names what does not fit the schema;
/// the model is then unchanged.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
void from_json(const nlohmann::json& json, T& model) {
  T read;
  detail::decodeTree(detail::objectType<T>(), json, std::addressof(read));
  model = std::move(read);
}

/// Two models are equal when all properties of their schema and all additional ones are.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
bool operator==(const T& a, const T& b) {
  return detail::equal(detail::objectType<T>(), std::addressof(a), std::addressof(b));
}
/// The opposite.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
bool operator!=(const T& a, const T& b) {
  return !(a == b);
}

}  // namespace heymilo
