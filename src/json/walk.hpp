#pragma once

#include <nlohmann/json.hpp>

#include "json/sink.hpp"
#include "json/type.hpp"

namespace heymilo::json {

class TextSink;

/// Reports the contents of a model to a sink, in the order of its table, then its additional
/// properties. Throws Mismatch, with its path, if a free-form member is not an object or a sink
/// refuses a value.
void walk(const detail::ObjectType& type, const void* model, Sink& sink);
/// The same, without a virtual call for each event.
void walk(const detail::ObjectType& type, const void* model, TextSink& sink);

/// Reports the contents of a tree to a sink. Throws Mismatch, with its path, if the sink refuses a
/// value or the tree holds something that JSON cannot represent.
void walk(const nlohmann::json& tree, Sink& sink);

}  // namespace heymilo::json
