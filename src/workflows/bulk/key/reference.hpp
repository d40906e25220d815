#pragma once

#include <optional>
#include <string_view>

namespace heymilo::workflows {

/// The metadata key under which a posting shows a record's key.
inline constexpr const char* kReference = "heymilo_ref";

// How the text of a key begins. A name has no colon, so that the keys of two rules never are the
// same text.
inline constexpr std::string_view kByContent = "content1:";  // and a digest
inline constexpr std::string_view kByEmail = "email:";       // and a digest
inline constexpr std::string_view kByName = "key:";          // and NAME:VALUE

/// What the text under kReference is.
enum class Reference {
  none,     ///< there is none
  key,      ///< a key by the rule of this journal
  other,    ///< a key by another rule: another name, or digests of another version
  mark_01,  ///< made by version 0.1 for one journal: 24 hexadecimal digits, a hyphen, an index
  unknown   ///< a text that the library has not written
};

/// The journal that has made a Reference::mark_01: its id.
std::string_view journalOfMark01(std::string_view reference);

/// What a text is, for the rule whose keys begin with `rule`: kByContent, kByEmail, or kByName with
/// the name and a colon.
Reference classify(std::string_view reference, std::string_view rule);

/// The key option with which the reference was made: a name, `email`, or the empty text for the
/// content. Empty where it is not a key.
std::optional<std::string_view> ruleOf(std::string_view reference);

}  // namespace heymilo::workflows
