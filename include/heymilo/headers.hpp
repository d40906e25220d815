#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heymilo/export.hpp"

namespace heymilo {

class CallContext;
class ResponseReader;

/// HTTP header fields (RFC 9110, section 5), in order. Name lookup ignores case. Header injection
/// is impossible: a name must be a token, and a value must not contain a control character other
/// than a tab. A value type: copies are independent, and one object must not be modified by two
/// threads at the same time. A function that modifies the fields invalidates iterators and
/// references to them.
class HEYMILO_EXPORT Headers {
 public:
  using Entry = std::pair<std::string, std::string>;          ///< name and value
  using value_type = Entry;                                   ///< required of containers
  using const_iterator = std::vector<Entry>::const_iterator;  ///< over fields, in order

  Headers() = default;
  /// As add() for each. Throws InvalidArgumentError.
  Headers(std::initializer_list<Entry> entries);

  /// Reserves the memory for so many fields.
  void reserve(std::size_t fields);

  /// Appends a field. Throws InvalidArgumentError, whose param() is the name, if the name or value
  /// is not valid in a header; its text does not contain the value.
  void add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name with this one. Throws as add().
  void set(std::string_view name, std::string_view value);
  /// Removes all fields of that name.
  void erase(std::string_view name);

  /// The value of the first field of that name.
  std::optional<std::string> get(std::string_view name) const;
  /// The values of all fields of that name, in order.
  std::vector<std::string> getAll(std::string_view name) const;
  bool contains(std::string_view name) const noexcept;  ///< there is a field of that name

  const_iterator begin() const noexcept { return entries().begin(); }  ///< the first field
  const_iterator end() const noexcept { return entries().end(); }      ///< past the last field
  std::size_t size() const noexcept { return entries().size(); }       ///< the number of fields
  bool empty() const noexcept { return entries().empty(); }            ///< there is no field

 private:
  friend class CallContext;
  friend class ResponseReader;

  /// As add(), of a response: a control character of the value becomes a space. False, and nothing
  /// is added, where the name is not valid.
  bool addReceived(std::string_view name, std::string_view value);
  /// Continues the value of the last field, after a space.
  void continueReceived(std::string_view text);

  /// From now on, copies share the fields, until they are modified.
  void share();

  const std::vector<Entry>& entries() const noexcept { return shared_ ? *shared_ : own_; }
  std::vector<Entry>& modified();

  std::vector<Entry> own_;                            // unless they are shared
  std::shared_ptr<const std::vector<Entry>> shared_;  // these never change
};

}  // namespace heymilo
