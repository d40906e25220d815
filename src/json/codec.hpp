#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "heymilo/models/schema.hpp"
#include "json/mismatch.hpp"

/// Converts models to JSON text and back. Throws Mismatch, whose path names the position.
namespace heymilo::json {

std::string encode(const detail::ObjectType& type, const void* model);
/// Fills `model`, which is newly constructed. `spare`: the number of bytes after the text that may
/// be read, such as those within a string's capacity; a reader that reads ahead then needs no copy.
void decode(const detail::ObjectType& type, std::string_view text, void* model,
            std::size_t spare = 0);

template <class Model>
std::string encode(const Model& model) {
  return encode(detail::objectType<Model>(), &model);
}

template <class Model>
Model decode(std::string_view text) {
  Model model;
  decode(detail::objectType<Model>(), text, &model);
  return model;
}

}  // namespace heymilo::json
