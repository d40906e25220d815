#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace heymilo::workflows {

/// Writes JSON that is the same text for the same value, whatever it was read from: the order of
/// members, spaces, escapes and the spelling of numbers do not matter.
///
/// The form is fixed, since journals and postings have digests of it. It does not depend on the
/// version of nlohmann/json.
///
/// - No spaces; the members of an object are sorted by the bytes of their names.
/// - Text is UTF-8. `"`, `\` and what is below U+0020 are escaped, and nothing else: as `\b`, `\f`,
///   `\n`, `\r`, `\t`, or `\u001f` with lower-case digits.
/// - An integer from -2^63 to 2^64-1 is its digits, also where it was 1.0, 1e2 or -0.0.
/// - Any other number has the fewest digits that are read as the same double: 0.1, 87.5, 1e-05,
///   1e+20. It has an exponent from 1e16 on and below 0.0001.
///
/// Python writes the same with `json.dumps(value, sort_keys=True, separators=(",", ":"),
/// ensure_ascii=False)`, once each float that is an integer in that range is an int.
class CanonicalJson {
 public:
  /// Appends to `out`, which must live as long as this.
  explicit CanonicalJson(std::string& out) : out_(out) {}

  /// A value of a request's property, which counts as the first of at most 256 levels.
  void value(const nlohmann::json& tree) { value(tree, 1); }
  void text(std::string_view text);
  void beginObject();
  void key(std::string_view name);
  void endObject() { out_ += '}'; }

  /// Why a value can't be sent as JSON; nullptr if all can. What has been written is then of no
  /// use.
  const char* problem() const noexcept { return problem_; }

 private:
  void value(const nlohmann::json& tree, std::size_t depth);
  void separate();
  void quote(std::string_view text);
  template <class Integer>
  void integer(Integer value);
  void number(double value);

  std::string& out_;
  const char* problem_ = nullptr;
};

}  // namespace heymilo::workflows
