#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heymilo::json {

/// A JSON pointer (RFC 6901) that is put together from its end or from its start, in two forms:
/// whole, and for texts that may be logged, where the names of free-form properties, which are the
/// users' own data, are masked.
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

/// A JSON value that is not what its schema says: thrown within the codec, and turned into a
/// DecodeError or InvalidArgumentError by those who call it. `problem` quotes no value.
struct Mismatch {
  Path path;
  std::string problem;
  bool located = false;  // the path is whole: whoever threw it knew where it was
};

}  // namespace heymilo::json
