#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "heymilo/models/open_enum.hpp"
#include "heymilo/models/timestamp.hpp"
#include "json/type.hpp"

/// Generates the codec's tables from each model's Schema. All of it is constant: nothing is
/// constructed or destroyed at run time.
namespace heymilo::json {

template <class T>
bool equalValues(const void* a, const void* b) {
  return *static_cast<const T*>(a) == *static_cast<const T*>(b);
}

template <class T>
constexpr Type scalar(Kind kind) {
  Type type{};
  type.kind = kind;
  type.equal = &equalValues<T>;
  return type;
}

/// The JSON form of a member's type; specialised for each type that a model may hold.
template <class T>
struct TypeOf {
  static_assert(detail::IsModel<T>::value, "a model's members must be of a type listed here");
  static constexpr Type make();  // after ObjectTable
};

template <class T>
inline constexpr Type kType = TypeOf<T>::make();

template <>
struct TypeOf<std::string> {
  static constexpr Type make() { return scalar<std::string>(Kind::text); }
};
template <>
struct TypeOf<bool> {
  static constexpr Type make() { return scalar<bool>(Kind::boolean); }
};
template <>
struct TypeOf<std::int64_t> {
  static constexpr Type make() { return scalar<std::int64_t>(Kind::integer); }
};
template <>
struct TypeOf<double> {
  static constexpr Type make() { return scalar<double>(Kind::number); }
};
template <>
struct TypeOf<Timestamp> {
  static constexpr Type make() { return scalar<Timestamp>(Kind::timestamp); }
};
template <>
struct TypeOf<std::variant<std::string, std::int64_t>> {
  static constexpr Type make() {
    return scalar<std::variant<std::string, std::int64_t>>(Kind::location);
  }
};
template <>
struct TypeOf<std::map<std::string, std::string>> {
  static constexpr Type make() {
    return scalar<std::map<std::string, std::string>>(Kind::text_map);
  }
};
template <>
struct TypeOf<nlohmann::json> {
  static constexpr Type make() { return scalar<nlohmann::json>(Kind::free_form); }
};

template <class Values>
struct TypeOf<OpenEnum<Values>> {
  static constexpr Type make() {
    Type type = scalar<OpenEnum<Values>>(Kind::open_enum);
    type.set_text = [](void* value, std::string_view text) {
      *static_cast<OpenEnum<Values>*>(value) = OpenEnum<Values>(text);
    };
    type.get_text = [](const void* value) {
      return static_cast<const OpenEnum<Values>*>(value)->text();
    };
    return type;
  }
};

template <class T>
struct TypeOf<std::vector<T>> {
  static constexpr Type make() {
    Type type = scalar<std::vector<T>>(Kind::array);
    type.element = &kType<T>;
    type.append = [](void* array) -> void* {
      return &static_cast<std::vector<T>*>(array)->emplace_back();
    };
    type.size = [](const void* array) { return static_cast<const std::vector<T>*>(array)->size(); };
    type.at = [](const void* array, std::size_t index) -> const void* {
      return &(*static_cast<const std::vector<T>*>(array))[index];
    };
    return type;
  }
};

/// The rows of T's Schema as a tuple of detail::Field.
template <class T>
constexpr auto rows() {
  return Schema<T>::fields([](auto... row) { return std::make_tuple(row...); });
}

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

/// The member of one row, as a constant: a lambda that called rows() would build the whole tuple on
/// each call.
template <class T, std::size_t I>
inline constexpr auto kMember = std::get<I>(rows<T>()).member;

template <class T, std::size_t I>
constexpr FieldType fieldType() {
  constexpr auto row = std::get<I>(rows<T>());
  using MemberType = std::decay_t<decltype(std::declval<T&>().*row.member)>;
  using Value = typename Unwrapped<MemberType>::type;
  return {row.name,
          row.required,
          row.shown,
          &kType<Value>,
          [](void* object) -> void* {
            auto& member = static_cast<T*>(object)->*kMember<T, I>;
            if constexpr (std::is_same_v<MemberType, Value>) {
              return &member;
            } else {
              return &member.emplace();
            }
          },
          [](const void* object) -> const void* {
            const auto& member = static_cast<const T*>(object)->*kMember<T, I>;
            if constexpr (std::is_same_v<MemberType, Value>) {
              return &member;
            } else {
              return member ? &*member : nullptr;
            }
          }};
}

template <class T>
struct ObjectTable {
  static constexpr std::size_t count = std::tuple_size_v<decltype(rows<T>())>;
  static_assert(count <= 64);

  template <std::size_t... I>
  static constexpr std::array<FieldType, count> make(std::index_sequence<I...>) {
    return {fieldType<T, I>()...};
  }
  static constexpr std::array<FieldType, count> fields = make(std::make_index_sequence<count>{});
  static constexpr std::uint64_t required() {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < count; ++i) {
      bits |= std::uint64_t{fields[i].required} << i;
    }
    return bits;
  }
  static constexpr detail::ObjectType type = {
      Schema<T>::name,
      fields.data(),
      count,
      required(),
      [](void* object) { *static_cast<T*>(object) = T(); },
      [](void* object) { return &static_cast<T*>(object)->additional_properties; },
      [](const void* object) { return &static_cast<const T*>(object)->additional_properties; }};
};

template <class T>
constexpr Type TypeOf<T>::make() {
  Type type = scalar<T>(Kind::object);
  type.object = &ObjectTable<T>::type;
  return type;
}

}  // namespace heymilo::json
