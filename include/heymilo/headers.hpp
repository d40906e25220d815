#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heymilo/export.hpp"

namespace heymilo {

/// HTTP header fields (RFC 9110, section 5), in order. Names are looked up without regard to case.
/// What could end a line or start another one is refused, so that no value can smuggle in a header:
/// a name must be a token, a value must not hold a control character other than a tab.
/// A value type: copies are independent, and one object is not to be changed by two threads at
/// once.
class HEYMILO_EXPORT Headers {
 public:
  using Entry = std::pair<std::string, std::string>;          ///< name and value
  using value_type = Entry;                                   ///< as containers have it
  using const_iterator = std::vector<Entry>::const_iterator;  ///< over fields, in order

  Headers() = default;
  /// As add() for each. Throws InvalidArgumentError.
  Headers(std::initializer_list<Entry> entries);

  /// Appends a field. Throws InvalidArgumentError, whose param() is the name, when name or value
  /// holds what a header can't; nothing of a refused value is in its text.
  void add(std::string_view name, std::string_view value);
  /// Puts the field in the place of all of that name. Throws as add().
  void set(std::string_view name, std::string_view value);
  /// Takes all fields of that name out.
  void erase(std::string_view name) noexcept;

  /// The value of the first field of that name.
  std::optional<std::string> get(std::string_view name) const;
  /// The values of all fields of that name, in order.
  std::vector<std::string> getAll(std::string_view name) const;
  bool contains(std::string_view name) const noexcept;  ///< there is a field of that name

  const_iterator begin() const noexcept { return entries_.begin(); }  ///< the first field
  const_iterator end() const noexcept { return entries_.end(); }      ///< behind the last field
  std::size_t size() const noexcept { return entries_.size(); }       ///< how many fields
  bool empty() const noexcept { return entries_.empty(); }            ///< there is no field

 private:
  std::vector<Entry> entries_;
};

}  // namespace heymilo
