#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "call/call_request.hpp"
#include "call/carried_texts.hpp"
#include "call/secret_parts.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// Makes text of the server's fit for what(): one line of bounded length without what the request
/// carried (see carriedTexts()), because servers quote what they were sent, and without e-mail
/// addresses, the request's or not.
///
/// Texts are read as they are and with the escapes of URLs, JSON and HTML replaced (`%40`,
/// `\u0040`,
/// `&#64;`, `%2540`). Credentials are taken out wherever they are, and so are eight bytes of one in
/// a row, even where spaces or line breaks are between them; phone numbers however their digits are
/// separated; everything else only as whole words: where no
/// letter, digit or `_` follows or precedes. `lab_302` stays, whatever of the request is `302`. In
/// a path of fields, such as `data.302.email`, numbers stay, too. Capital or small letters make no
/// difference. A value that is cut off, as its quotation mark or ellipsis shows, is taken out from
/// its 16th byte on.
///
/// Costs nothing until there is a text to look at. For one thread; `request` must outlive it.
class Redactor {
 public:
  explicit Redactor(const CallRequest& request) : request_(request) {}

  /// Of a text for people.
  std::string operator()(std::string_view text) const;
  /// Of a request id. What has the form of one, at most 128 of ASCII letters, digits and `_-.:/`,
  /// stays as it is, or goes as a whole: where a credential or eight bytes of one are in it, it is
  /// an id or a word of a candidate's name, or holds one of these, or a value with digits, of eight
  /// bytes or more. Does not read the request's body unless something of it is found there.
  std::string identifier(std::string_view text) const;
  /// Of an error's code: like identifier(), but words stay, although a candidate or a workspace may
  /// be called so. Within a code only what has a digit, `@` or `.` is looked for, apart from
  /// credentials.
  std::string code(std::string_view text) const;

 private:
  struct Carried {
    std::vector<CarriedText> texts;
    std::vector<std::string> phones;
    std::vector<std::string> credentials;
    std::optional<SecretParts> parts;                     // of the credentials
    std::array<std::vector<std::size_t>, 256> beginning;  // which texts begin with a byte
    std::size_t longest;
  };

  const Carried& carried() const;
  std::size_t carriedAt(std::string_view text, std::string_view small, std::size_t at) const;
  std::string withoutCarried(std::string_view line) const;
  std::string token(std::string_view text, bool is_code) const;

  const CallRequest& request_;
  mutable std::optional<Carried> carried_;
};

}  // namespace heymilo
