#include "json/walk.hpp"

#include <limits>
#include <map>
#include <string>
#include <variant>

#include "json/mismatch.hpp"
#include "json/number.hpp"
#include "json/text_sink.hpp"

namespace heymilo::json {

namespace {

/// Runs a step below `name`, which becomes part of the path of an exception.
template <class Step>
void below(std::string_view name, bool documented, Step step) {
  try {
    step();
  } catch (Mismatch& mismatch) {
    if (!mismatch.located) {
      mismatch.path.prepend(name, documented);
    }
    throw;
  }
}

template <class Step>
void below(std::size_t index, Step step) {
  try {
    step();
  } catch (Mismatch& mismatch) {
    if (!mismatch.located) {
      mismatch.path.prepend(index);
    }
    throw;
  }
}

template <class S>
void walkTree(const nlohmann::json& tree, S& sink, std::size_t depth);

template <class S>
void walkEntries(const nlohmann::json& object, S& sink, std::size_t depth) {
  for (const auto& [name, value] : object.get_ref<const nlohmann::json::object_t&>()) {
    below(name, false, [&, &key = name, &entry = value] {
      sink.key(key);
      walkTree(entry, sink, depth);
    });
  }
}

template <class S>
void walkTree(const nlohmann::json& tree, S& sink, std::size_t depth) {
  if (depth > kMaxDepth) {
    throw Mismatch{{}, "nested deeper than " + std::to_string(kMaxDepth) + " levels"};
  }
  switch (tree.type()) {
    case nlohmann::json::value_t::null:
      return sink.null();
    case nlohmann::json::value_t::boolean:
      return sink.boolean(tree.get<bool>());
    case nlohmann::json::value_t::number_integer:
      return sink.integer(tree.get<std::int64_t>());
    case nlohmann::json::value_t::number_unsigned: {
      const auto value = tree.get<std::uint64_t>();
      return value > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)())
                 ? sink.largeInteger(value)
                 : sink.integer(static_cast<std::int64_t>(value));
    }
    case nlohmann::json::value_t::number_float:
      return sink.number(tree.get<double>());
    case nlohmann::json::value_t::string:
      return sink.text(tree.get_ref<const std::string&>());
    case nlohmann::json::value_t::object:
      sink.beginObject();
      walkEntries(tree, sink, depth + 1);
      return sink.endObject();
    case nlohmann::json::value_t::array: {
      sink.beginArray();
      std::size_t index = 0;
      for (const nlohmann::json& element : tree) {
        sink.progress(index, tree.size());
        below(index++, [&] { walkTree(element, sink, depth + 1); });
      }
      return sink.endArray();
    }
    case nlohmann::json::value_t::binary:
    case nlohmann::json::value_t::discarded:
      throw Mismatch{{}, "JSON cannot represent this value"};
  }
}

template <class S>
void walkModel(const detail::ObjectType& type, const void* model, S& sink, std::size_t depth);

template <class S>
void walkValue(const Type& type, const void* value, S& sink, std::size_t depth) {
  switch (type.kind) {
    case Kind::text:
      return sink.text(*static_cast<const std::string*>(value));
    case Kind::boolean:
      return sink.boolean(*static_cast<const bool*>(value));
    case Kind::integer:
      return sink.integer(*static_cast<const std::int64_t*>(value));
    case Kind::number:
      return sink.number(*static_cast<const double*>(value));
    case Kind::timestamp:
      return sink.number(secondsFromTimestamp(*static_cast<const Timestamp*>(value)));
    case Kind::open_enum:
      return sink.text(type.get_text(value));
    case Kind::location: {
      const auto& location = *static_cast<const std::variant<std::string, std::int64_t>*>(value);
      if (const auto* name = std::get_if<std::string>(&location)) {
        return sink.text(*name);
      }
      return sink.integer(*std::get_if<std::int64_t>(&location));
    }
    case Kind::text_map:
      sink.beginObject();
      for (const auto& [name, text] :
           *static_cast<const std::map<std::string, std::string>*>(value)) {
        below(name, false, [&, &key = name, &entry = text] {
          sink.key(key);
          sink.text(entry);
        });
      }
      return sink.endObject();
    case Kind::free_form: {
      const auto& tree = *static_cast<const nlohmann::json*>(value);
      if (!tree.is_object()) {
        throw Mismatch{{}, std::string("expected object, found ") + tree.type_name()};
      }
      return walkTree(tree, sink, depth);
    }
    case Kind::object:
      return walkModel(*type.object, value, sink, depth);
    case Kind::array: {
      sink.beginArray();
      const std::size_t size = type.size(value);
      for (std::size_t i = 0; i < size; ++i) {
        sink.progress(i, size);
        below(i, [&] { walkValue(*type.element, type.at(value, i), sink, depth + 1); });
      }
      return sink.endArray();
    }
  }
}

bool documents(const detail::ObjectType& type, std::string_view name) {
  for (std::size_t i = 0; i < type.count; ++i) {
    if (type.fields[i].name == name) {
      return true;
    }
  }
  return false;
}

template <class S>
void walkModel(const detail::ObjectType& type, const void* model, S& sink, std::size_t depth) {
  sink.beginObject();
  for (std::size_t i = 0; i < type.count; ++i) {
    const FieldType& field = type.fields[i];
    if (const void* value = field.peek(model)) {
      below(field.name, true, [&] {
        sink.key(field.name);
        walkValue(*field.type, value, sink, depth + 1);
      });
    }
  }
  const nlohmann::json& additional = *type.peek_additional(model);
  if (!additional.is_null()) {
    if (!additional.is_object()) {
      Mismatch mismatch{{}, std::string("expected object, found ") + additional.type_name()};
      mismatch.path.append("additional_properties", true);
      throw mismatch;
    }
    for (const auto& [name, value] : additional.get_ref<const nlohmann::json::object_t&>()) {
      if (documents(type, name)) {
        Mismatch mismatch{{}, "in additional_properties, but the struct has a member of this name"};
        mismatch.path.append(name, true);
        throw mismatch;
      }
    }
    walkEntries(additional, sink, depth + 1);
  }
  sink.endObject();
}

}  // namespace

void walk(const detail::ObjectType& type, const void* model, Sink& sink) {
  walkModel(type, model, sink, 0);
}

void walk(const detail::ObjectType& type, const void* model, TextSink& sink) {
  walkModel(type, model, sink, 0);
}

void walk(const nlohmann::json& tree, Sink& sink) { walkTree(tree, sink, 0); }

}  // namespace heymilo::json
