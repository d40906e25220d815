#pragma once

#include <nlohmann/json.hpp>

#include "json/sink.hpp"
#include "json/type.hpp"

namespace heymilo::json {

/// Tells a sink what a model consists of, in the order of its table, then its additional
/// properties. Throws Mismatch, with its path, where a free-form member is not an object or a sink
/// refuses a value.
void walk(const detail::ObjectType& type, const void* model, Sink& sink);

/// Tells a sink what a tree consists of. Throws Mismatch, with its path, where the sink refuses a
/// value or the tree holds what JSON does not know.
void walk(const nlohmann::json& tree, Sink& sink);

}  // namespace heymilo::json
