#pragma once

#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

#include "heymilo/export.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/json_version.hpp"

/// The description of a model's JSON. Under each struct stands its Schema, one table from which
/// decoding, encoding, comparison, the paths in errors, the printed properties and the conformance
/// test are derived. The functions for users are at the end: `nlohmann::json` conversion, `==`,
/// describe() and `<<`.
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
  bool shown;
};

/// Marks a row whose value is about the state of the process, not about the candidate or the
/// results: describe() shows it even when personal data is hidden. Nested models need no mark;
/// their own rows decide.
inline constexpr bool shown = true;

/// A property that the schema requires: missing or null is an error.
template <class Struct, class Member>
constexpr Field<Struct, Member> required(const char* name, Member Struct::*member,
                                         bool shown_always = false) {
  return {name, member, true, shown_always};
}

/// A property that may be missing or null: the member then keeps its default, which is empty for a
/// std::optional and the schema's default for any other type.
template <class Struct, class Member>
constexpr Field<Struct, Member> optional(const char* name, Member Struct::*member,
                                         bool shown_always = false) {
  return {name, member, false, shown_always};
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
HEYMILO_EXPORT std::string describe(const ObjectType& type, const void* object, bool all);
HEYMILO_EXPORT std::ostream& print(std::ostream& out, const ObjectType& type, const void* object);

}  // namespace detail

/// Writes a model as JSON. An empty optional is left out.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
void to_json(nlohmann::json& json, const T& model) {
  detail::encodeTree(detail::objectType<T>(), std::addressof(model), json);
}

/// Reads a model from JSON. Throws DecodeError, whose path() names the property that does not match
/// the schema; the model is then unchanged.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
void from_json(const nlohmann::json& json, T& model) {
  T read;
  detail::decodeTree(detail::objectType<T>(), json, std::addressof(read));
  model = std::move(read);
}

/// Two models are equal if all their properties, documented and additional, are equal.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
bool operator==(const T& a, const T& b) {
  return detail::equal(detail::objectType<T>(), std::addressof(a), std::addressof(b));
}
/// The negation of ==.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
bool operator!=(const T& a, const T& b) {
  return !(a == b);
}

/// What describe() does with personal data.
enum class PersonalData {
  hidden,  ///< replaced by an ellipsis (U+2026)
  shown
};

/// A model on one line, for people: `CandidateResponse{"interview_id":"int_1","name":...,"status":
/// "completed"}`. An empty optional is omitted, a timestamp is an ISO-8601 text, and control
/// characters are escaped to keep it on one line. The format is not meant to be parsed; use JSON
/// for that.
///
/// Ids, statuses, steps, counts, times and error codes are shown. Everything else is hidden unless
/// requested, including undocumented properties: name, e-mail address, phone number, links,
/// metadata, data, scores and judgements, and messages that may quote any of them.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
std::string describe(const T& model, PersonalData personal_data = PersonalData::hidden) {
  return detail::describe(
      detail::objectType<T>(), std::addressof(model), personal_data == PersonalData::shown);
}

/// Writes describe(model) with personal data hidden; a test framework prints a model this way, too.
template <class T, std::enable_if_t<detail::IsModel<T>::value, int> = 0>
std::ostream& operator<<(std::ostream& out, const T& model) {
  return detail::print(out, detail::objectType<T>(), std::addressof(model));
}

}  // namespace heymilo
