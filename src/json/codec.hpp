#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "heymilo/models/schema.hpp"
#include "json/mismatch.hpp"

/// Models to JSON text and back. Throws Mismatch; its path says where.
namespace heymilo::json {

std::string encode(const detail::ObjectType& type, const void* model);
/// Fills `model`, which is freshly made. `spare`: so many bytes behind the text may be read, as are
/// those within a string's capacity; a reader that reads ahead then needs no copy.
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
