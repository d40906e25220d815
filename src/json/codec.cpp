#include "json/codec.hpp"

#include "heymilo/errors.hpp"
#include "json/model_sink.hpp"
#include "json/reader.hpp"
#include "json/text_sink.hpp"
#include "json/tree_sink.hpp"
#include "json/walk.hpp"

namespace heymilo {

namespace json {

std::string encode(const detail::ObjectType& type, const void* model) {
  std::string out;
  TextSink sink(out);
  walk(type, model, sink);
  return out;
}

void decode(const detail::ObjectType& type, std::string_view text, void* model) {
  ModelSink sink(type, model);
  try {
    read(text, sink);
  } catch (const SyntaxError& error) {
    throw Mismatch{
        sink.path(),
        std::string(error.problem) + " (at byte " + std::to_string(error.position) + ")"};
  }
}

}  // namespace json

namespace detail {

namespace {

[[noreturn]] void throwDecodeError(const json::Mismatch& mismatch) {
  const std::string& shown = mismatch.path.masked();
  throw DecodeError((shown.empty() ? "the value" : shown) + ": " + mismatch.problem,
                    mismatch.path.whole());
}

}  // namespace

void encodeTree(const ObjectType& type, const void* object, nlohmann::json& json) {
  json::TreeSink sink(json);
  try {
    json::walk(type, object, sink);
  } catch (const json::Mismatch& mismatch) {
    throwDecodeError(mismatch);
  }
}

void decodeTree(const ObjectType& type, const nlohmann::json& json, void* object) {
  json::ModelSink sink(type, object);
  try {
    json::walk(json, sink);
  } catch (const json::Mismatch& mismatch) {
    throwDecodeError(mismatch);
  }
}

bool equal(const ObjectType& type, const void* a, const void* b) {
  for (std::size_t i = 0; i < type.count; ++i) {
    const json::FieldType& field = type.fields[i];
    const void* left = field.peek(a);
    const void* right = field.peek(b);
    if ((left == nullptr) != (right == nullptr) ||
        (left != nullptr && !field.type->equal(left, right))) {
      return false;
    }
  }
  return *type.peek_additional(a) == *type.peek_additional(b);
}

}  // namespace detail

}  // namespace heymilo
