#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The begin and end of the values of a JSON text. The text may contain values that can't be read:
/// NaN, 1e999, a lone surrogate, a byte that is not UTF-8, a control character in a string. Only
/// the structure has to be valid: quotation marks, colons, commas and brackets. A trailing comma
/// and a missing value within an element are accepted. Linear in the length of the text, whatever
/// its depth.
namespace heymilo::json {

/// A property of an object, as written in the text.
struct Member {
  std::string_view name;   ///< including the quotation marks
  std::string_view value;  ///< without surrounding whitespace
};

/// The properties of the object at the start of `text`, up to the position where the structure
/// breaks. Empty if `text` does not start with an object.
std::vector<Member> membersOf(std::string_view text);

/// The elements of an array that is a property of the text's top-level object, and the rest of the
/// text.
struct Outline {
  /// An element in which the structure breaks. The beginning of the next one cannot be determined.
  struct Broken {
    std::string_view text;  ///< up to the detected break
    std::string_view rest;  ///< from the element's beginning to the end of the text
    bool cut_off = false;   ///< the text ends within it
  };

  /// An empty element: no value before a comma or after the last one.
  std::vector<std::string_view> elements{};
  std::optional<Broken> broken{};  ///< follows the elements
  std::string envelope{};          ///< the text with an empty array; empty if an element is broken
};

/// Empty if the structure breaks outside of the array's elements, or if the object lacks the
/// property or has it twice.
std::optional<Outline> outlineOf(std::string_view text, std::string_view array);

}  // namespace heymilo::json
