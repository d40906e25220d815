#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "call/call_request.hpp"

namespace heymilo {

/// A text that a request carried and that must not be told.
struct CarriedText {
  std::string text{};     ///< on one line; in small letters unless `exact`
  bool anywhere = false;  ///< a credential: also within words; anything else: as whole words only
  bool exact = false;     ///< only as it is written, since in small letters it is an ordinary word
  bool personal = false;  ///< who a candidate is, or an id: not told as a code either
};

/// What a request carried.
struct CarriedTexts {
  std::vector<CarriedText> texts{};   ///< the longest first
  std::vector<std::string> phones{};  ///< the digits of phone numbers, however they are grouped
  std::vector<std::string> credentials{};  ///< in small letters, of eight bytes or more
};

/// What of a request must not be shown:
///
/// - credentials: the values and tokens of X-API-KEY, Authorization, Cookie and whatever header
///   fields are named like one (key, token, secret, auth, ...);
/// - ids: those of the path, the workspace's and the cursor;
/// - who a candidate is: name, and each word of it, e-mail address and phone number;
/// - the values and names of the free-form parts, and of other header fields, unless they are a
///   single ordinary word.
///
/// Values of less than three bytes, but for words of a name, are not among them. Each is there as
/// it is, and with `+` for spaces; ids also as they are encoded in a URL.
CarriedTexts carriedTexts(const CallRequest& request);

/// Whether `text`, of ASCII letters, digits and punctuation, may hold a carried text. Reads no
/// JSON and allocates nothing, but for an id that is encoded; true may be wrong, false is not.
bool mayHoldCarriedText(const CallRequest& request, std::string_view text);

}  // namespace heymilo
