#pragma once

#include <string_view>

namespace heymilo {

/// Whether a word, in small letters, tells nothing of anybody: a name that the API documents, of a
/// property or a parameter, or a word that messages about requests are made of.
bool isOrdinaryWord(std::string_view word);

}  // namespace heymilo
