#pragma once

#include <string>
#include <string_view>

#include "heymilo/models/schema.hpp"
#include "json/mismatch.hpp"

/// Models to JSON text and back. Throws Mismatch; its path says where.
namespace heymilo::json {

std::string encode(const detail::ObjectType& type, const void* model);
void decode(const detail::ObjectType& type, std::string_view text, void* model);

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
