#pragma once

#include <string_view>

namespace heymilo::testing::detail {

/// What a recording does with the property of this name, wherever it stands. It follows from the
/// models' tables, so that a new property is replaced until a list in the source says otherwise:
///   part     an object of known properties, or several of them
///   free     anything at all: texts, numbers and names of properties are replaced
///   number   numbers and times stay
///   word     a text stays where it isDocumentedWord()
///   place    names of properties and indices stay
/// Any other is what a text is replaced by: `name`, `email`, `phone`, `id`, `link` or `text`. Empty
/// where no model has the property: its name is replaced as well.
std::string_view kindOfProperty(std::string_view name);

/// A status, the kind of an object or of an error: says nothing about anybody.
bool isDocumentedWord(std::string_view text);

}  // namespace heymilo::testing::detail
