#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where the values of a JSON text begin and end, also of a text with values that can't be read:
/// NaN, 1e999, a lone surrogate, a byte that is not UTF-8, a control character in a string. Only
/// the structure has to be right: quotation marks, colons, commas and brackets. A trailing comma
/// and a value that is left out are passed over within an element. Linear in the text, whatever its
/// depth.
namespace heymilo::json {

/// A property of an object, as it stands in the text.
struct Member {
  std::string_view name;   ///< with its quotation marks
  std::string_view value;  ///< without the space around it
};

/// The properties of the object that `text` begins with, up to the place where the structure
/// breaks. Empty for anything but an object.
std::vector<Member> membersOf(std::string_view text);

/// The elements of an array that is a property of a text's object, and what else the text holds.
struct Outline {
  /// An element in which the structure breaks. Where the next one begins cannot be determined.
  struct Broken {
    std::string_view text;  ///< up to where the break was noticed
    std::string_view rest;  ///< all that follows from the element's beginning on
    bool cut_off = false;   ///< the text ends within it
  };

  /// Empty: nothing is at that place, before a comma or after the last one.
  std::vector<std::string_view> elements{};
  std::optional<Broken> broken{};  ///< follows the elements
  std::string envelope{};          ///< the text with the array empty; empty where one is broken
};

/// Empty where the structure breaks outside of the array's elements, and where the object has no
/// such property or has it twice.
std::optional<Outline> outlineOf(std::string_view text, std::string_view array);

}  // namespace heymilo::json
