#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo {

/// Finds parts of credentials: eight bytes in a row or more, capital letters or small ones. The
/// words that a key begins with (`sk_live_`) are no secret, and nor are three bytes after them.
class SecretParts {
 public:
  struct Range {
    std::size_t begin, end;
  };

  /// `credentials` are in small letters, and outlive this.
  explicit SecretParts(const std::vector<std::string>& credentials);

  /// Where in `text`, which is in small letters, there are such parts.
  std::vector<Range> in(std::string_view text) const;

 private:
  struct Piece {
    std::string_view text;
    bool secret;
  };

  std::vector<Piece> pieces_;  // sorted
};

}  // namespace heymilo
