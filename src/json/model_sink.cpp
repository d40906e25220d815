#include "json/model_sink.hpp"

#include <cstring>
#include <map>
#include <utility>
#include <variant>

#include "json/number.hpp"

namespace heymilo::json {

namespace {

const char* describe(Kind kind) noexcept {
  switch (kind) {
    case Kind::text:
    case Kind::open_enum:
      return "string";
    case Kind::boolean:
      return "boolean";
    case Kind::integer:
      return "integer";
    case Kind::number:
      return "number";
    case Kind::timestamp:
      return "number (a Unix timestamp)";
    case Kind::location:
      return "string or integer";
    case Kind::text_map:
    case Kind::free_form:
    case Kind::object:
      return "object";
    case Kind::array:
      return "array";
  }
  return "";
}

std::uint64_t eightBytes(const char* text) noexcept {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  return bytes;
}

/// As ==, without its call of memcmp, which is slow for a dozen bytes.
bool same(std::string_view a, std::string_view b) noexcept {
  constexpr std::size_t kStep = sizeof(std::uint64_t);
  if (a.size() != b.size()) {
    return false;
  }
  if (a.size() < kStep) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }
  const std::size_t last = a.size() - kStep;
  for (std::size_t i = 0; i < last; i += kStep) {
    if (eightBytes(a.data() + i) != eightBytes(b.data() + i)) {
      return false;
    }
  }
  return eightBytes(a.data() + last) == eightBytes(b.data() + last);
}

/// The field of that name; nullptr if there is none. Properties nearly always come in the order of
/// the schema: the search begins after the previous one.
const FieldType* find(const detail::ObjectType& object, const FieldType* before,
                      std::string_view name) noexcept {
  const FieldType* const end = object.fields + object.count;
  const FieldType* const start = before == nullptr ? object.fields : before + 1;
  for (const FieldType* field = start; field != end; ++field) {
    if (same(field->name, name)) {
      return field;
    }
  }
  for (const FieldType* field = object.fields; field != start; ++field) {
    if (same(field->name, name)) {
      return field;
    }
  }
  return nullptr;
}

constexpr Type kTextMapValue = [] {
  Type type{};
  type.kind = Kind::text;
  return type;
}();

}  // namespace

ModelSink::ModelSink(const detail::ObjectType& type, void* model) : root_{&root_type_, model} {
  root_type_.kind = Kind::object;
  root_type_.object = &type;
}

Path ModelSink::path() const {
  if (!in_tree_) {
    return modelPath(true);
  }
  Path path = tree_.path();
  path.prepend(modelPath(false));
  return path;
}

/// The position of the value that is being read, or of the next value.
Path ModelSink::modelPath(bool coming) const {
  Path path;
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const Frame& frame = frames_[i];
    if (frame.type->kind == Kind::array) {
      const bool between_elements = coming && i + 1 == frames_.size();
      path.append(between_elements ? frame.count : frame.count - 1);
    } else if (frame.field != nullptr) {
      path.append(frame.field->name, true);
    } else if (frame.key != nullptr) {
      path.append(*frame.key, false);
    }
  }
  return path;
}

void ModelSink::fail(const char* problem) const { throw Mismatch{modelPath(false), problem, true}; }

void ModelSink::unexpected(const Type& expected, const char* found) const {
  const std::string problem =
      std::string("expected ") + describe(expected.kind) + ", found " + found;
  fail(problem.c_str());
}

/// The slot for the next value, made ready to be filled.
ModelSink::Slot ModelSink::next() {
  if (frames_.empty()) {
    return root_;
  }
  Frame& frame = frames_.back();
  switch (frame.type->kind) {
    case Kind::array:
      ++frame.count;
      return {frame.type->element, frame.type->append(frame.target)};
    case Kind::text_map:
      return {&kTextMapValue, frame.text};
    default:
      return {frame.field->type, frame.field->engage(frame.target)};
  }
}

void ModelSink::open(const Slot& slot) {
  if (frames_.size() >= kMaxDepth) {
    const std::string problem = "nested deeper than " + std::to_string(kMaxDepth) + " levels";
    fail(problem.c_str());
  }
  frames_.push({slot.type, slot.target});
}

/// Forwards the event to the tree that is being read. Separate from the event functions, which are
/// short and called ten thousand times for a page.
template <class... Value>
void ModelSink::inTree(void (TreeSink::*event)(Value...), Value... value) {
  try {
    (tree_.*event)(value...);
  } catch (Mismatch& mismatch) {
    mismatch.path.prepend(modelPath(false));
    throw;
  }
  in_tree_ = !tree_.done();
}

void ModelSink::null() {
  if (in_tree_) {
    return inTree(&TreeSink::null);
  }
  if (!frames_.empty() && frames_.back().type->kind == Kind::object &&
      !frames_.back().field->required) {
    return;  // treated as absent: the member keeps its default
  }
  unexpected(*next().type, "null");
}

void ModelSink::boolean(bool value) {
  if (in_tree_) {
    return inTree(&TreeSink::boolean, value);
  }
  const Slot slot = next();
  if (slot.type->kind != Kind::boolean) {
    unexpected(*slot.type, "boolean");
  }
  *static_cast<bool*>(slot.target) = value;
}

void ModelSink::integer(std::int64_t value) {
  if (in_tree_) {
    return inTree(&TreeSink::integer, value);
  }
  const Slot slot = next();
  switch (slot.type->kind) {
    case Kind::integer:
      *static_cast<std::int64_t*>(slot.target) = value;
      return;
    case Kind::location:
      *static_cast<std::variant<std::string, std::int64_t>*>(slot.target) = value;
      return;
    case Kind::number:
      *static_cast<double*>(slot.target) = static_cast<double>(value);
      return;
    case Kind::timestamp:
      if (!timestampFromSeconds(value, *static_cast<Timestamp*>(slot.target))) {
        fail("Unix timestamp out of range");
      }
      return;
    default:
      unexpected(*slot.type, "integer");
  }
}

void ModelSink::largeInteger(std::uint64_t value) {
  if (in_tree_) {
    return inTree(&TreeSink::largeInteger, value);
  }
  const Slot slot = next();
  switch (slot.type->kind) {
    case Kind::integer:
    case Kind::location:
      fail("integer does not fit into 64 bits");
    case Kind::number:
      *static_cast<double*>(slot.target) = static_cast<double>(value);
      return;
    case Kind::timestamp:
      fail("Unix timestamp out of range");
    default:
      unexpected(*slot.type, "integer");
  }
}

void ModelSink::number(double value) {
  if (in_tree_) {
    return inTree(&TreeSink::number, value);
  }
  const Slot slot = next();
  switch (slot.type->kind) {
    case Kind::integer:
    case Kind::location: {
      std::int64_t whole = 0;
      switch (wholeNumber(value, whole)) {
        case Whole::yes:
          break;
        case Whole::too_large:
          fail("integer does not fit into 64 bits");
        case Whole::no:
          unexpected(*slot.type, "number with a fraction");
      }
      if (slot.type->kind == Kind::integer) {
        *static_cast<std::int64_t*>(slot.target) = whole;
      } else {
        *static_cast<std::variant<std::string, std::int64_t>*>(slot.target) = whole;
      }
      return;
    }
    case Kind::number:
      *static_cast<double*>(slot.target) = value;
      return;
    case Kind::timestamp:
      if (!timestampFromSeconds(value, *static_cast<Timestamp*>(slot.target))) {
        fail("Unix timestamp out of range");
      }
      return;
    default:
      unexpected(*slot.type, "number");
  }
}

void ModelSink::text(std::string_view value) {
  if (in_tree_) {
    return inTree(&TreeSink::text, value);
  }
  const Slot slot = next();
  switch (slot.type->kind) {
    case Kind::text:
      static_cast<std::string*>(slot.target)->assign(value);
      return;
    case Kind::open_enum:
      slot.type->set_text(slot.target, value);
      return;
    case Kind::location:
      *static_cast<std::variant<std::string, std::int64_t>*>(slot.target) = std::string(value);
      return;
    default:
      unexpected(*slot.type, "string");
  }
}

void ModelSink::beginObject() {
  if (in_tree_) {
    return inTree(&TreeSink::beginObject);
  }
  const Slot slot = next();
  switch (slot.type->kind) {
    case Kind::object:
    case Kind::text_map:
      open(slot);
      return;
    case Kind::free_form:
      tree_.begin(*static_cast<nlohmann::json*>(slot.target), frames_.size());
      in_tree_ = true;
      return inTree(&TreeSink::beginObject);
    default:
      unexpected(*slot.type, "object");
  }
}

void ModelSink::key(std::string_view name) {
  if (in_tree_) {
    return inTree(&TreeSink::key, name);
  }
  Frame& frame = frames_.back();
  if (frame.type->kind == Kind::text_map) {
    return textMapKey(frame, name);
  }
  const detail::ObjectType& object = *frame.type->object;
  frame.field = find(object, frame.field, name);
  if (frame.field == nullptr) {
    return unknownKey(frame, name);
  }
  const std::uint64_t bit = std::uint64_t{1} << (frame.field - object.fields);
  if ((frame.seen & bit) != 0) {
    fail("duplicate property");
  }
  frame.seen |= bit;
}

void ModelSink::textMapKey(Frame& frame, std::string_view name) {
  auto& map = *static_cast<std::map<std::string, std::string>*>(frame.target);
  const auto [position, fresh] = map.try_emplace(std::string(name));
  frame.key = &position->first;
  frame.text = &position->second;
  if (!fresh) {
    fail("duplicate property");
  }
}

/// A property that the table does not list is read into additional_properties.
void ModelSink::unknownKey(Frame& frame, std::string_view name) {
  nlohmann::json& additional = *frame.type->object->additional(frame.target);
  if (additional.is_null()) {
    additional = nlohmann::json::object();
  }
  const auto [position, fresh] =
      additional.get_ref<nlohmann::json::object_t&>().emplace(std::string(name), nullptr);
  frame.key = &position->first;
  if (!fresh) {
    fail("duplicate property");
  }
  tree_.begin(position->second, frames_.size());
  in_tree_ = true;
}

void ModelSink::endObject() {
  if (in_tree_) {
    return inTree(&TreeSink::endObject);
  }
  Frame& frame = frames_.back();
  if (frame.type->kind == Kind::object) {
    const detail::ObjectType& object = *frame.type->object;
    if ((object.required & ~frame.seen) != 0) {
      frame.field = object.fields;
      while (!frame.field->required || (frame.seen >> (frame.field - object.fields) & 1) != 0) {
        ++frame.field;
      }
      fail("required property is missing");
    }
  }
  frames_.pop();
}

void ModelSink::beginArray() {
  if (in_tree_) {
    return inTree(&TreeSink::beginArray);
  }
  const Slot slot = next();
  if (slot.type->kind != Kind::array) {
    unexpected(*slot.type, "array");
  }
  open(slot);
}

void ModelSink::endArray() {
  if (in_tree_) {
    return inTree(&TreeSink::endArray);
  }
  frames_.pop();
}

}  // namespace heymilo::json
