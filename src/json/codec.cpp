#include "json/codec.hpp"

#include "heymilo/errors.hpp"
#include "json/fast_reader.hpp"
#include "json/model_sink.hpp"
#include "json/reader.hpp"
#include "json/text_sink.hpp"
#include "json/tree_sink.hpp"
#include "json/walk.hpp"

namespace heymilo {

namespace json {

std::string encode(const detail::ObjectType& type, const void* model) {
  TextSink sink;
  walk(type, model, sink);
  return sink.take();
}

#ifdef HEYMILO_WITH_SIMDJSON
namespace {

bool decodeFast(const detail::ObjectType& type, std::string_view text, void* model,
                std::size_t spare) {
  ModelSink sink(type, model);
  try {
    return readFast(text, spare, sink);
  } catch (const Mismatch&) {
    return false;
  }
}

}  // namespace
#endif

void decode(const detail::ObjectType& type, std::string_view text, void* model,
            [[maybe_unused]] std::size_t spare) {
#ifdef HEYMILO_WITH_SIMDJSON
  // A text that the fast reader rejects is read again by the other reader: there is one set of
  // errors.
  if (decodeFast(type, text, model, spare)) {
    return;
  }
  type.clear(model);
#endif
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

/// A conversion that the caller asked for: no request is part of it.
[[noreturn]] void throwDecodeError(const json::Mismatch& mismatch) {
  const std::string& shown = mismatch.path.masked();
  throw DecodeError((shown.empty() ? "the value" : shown) + ": " + mismatch.problem,
                    mismatch.path.whole(),
                    {},
                    Outcome::not_sent);
}

}  // namespace

void refuseAsText(const char* found) {
  throwDecodeError(json::Mismatch{{}, std::string("expected string, found ") + found});
}

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
