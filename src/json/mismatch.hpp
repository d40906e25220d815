#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heymilo::json {

/// A JSON pointer (RFC 6901), built from its end or from its start, in two forms: complete, and for
/// texts that may be logged. The latter masks the names of free-form properties, which are the
/// users' own data.
class Path {
 public:
  void append(std::string_view name, bool documented);
  void append(std::size_t index);
  void prepend(std::string_view name, bool documented);
  void prepend(std::size_t index);
  void prepend(const Path& front);

  const std::string& whole() const noexcept { return whole_; }
  const std::string& masked() const noexcept { return masked_; }

  /// The same as names and indices with dots between them, as the API writes a `param`.
  std::string dotted() const;
  std::string maskedDotted() const;

 private:
  std::string whole_;
  std::string masked_;
};

/// A JSON value that does not match its schema. Thrown within the codec; the codec's callers
/// convert it into a DecodeError or InvalidArgumentError. `problem` quotes no value.
struct Mismatch {
  Path path;
  std::string problem;
  bool located = false;  // the path is complete: no caller adds to it
};

}  // namespace heymilo::json
