#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#ifdef __cpp_impl_three_way_comparison
#include <compare>
#endif

#include "heymilo/export.hpp"
#include "heymilo/models/enum_json.hpp"

namespace heymilo {

namespace detail {
/// Writes `text` to `out` like any string; no header then needs <ostream>.
HEYMILO_EXPORT std::ostream& write(std::ostream& out, std::string_view text);
}  // namespace detail

/// A text property with documented values that may grow: a text of a newer API that this version
/// does not know is kept. `Values` lists the documented ones: an unscoped enumeration `Value` whose
/// first enumerator is `other`, and their texts in `texts`.
///
/// It is printed as its text, can be a key of ordered and unordered maps (two unknown texts are two
/// keys), and `to_string()` converts it to a std::string. In JSON it is its text as well, and so
/// are its constants: `nlohmann::json{{"status", candidate.status}}`,
/// `document["status"].get<CandidateStatus>()`, `document["status"] == CandidateStatus::completed`.
///
///     switch (candidate.status) {
///       case CandidateStatus::completed: ...
///       case CandidateStatus::other: log(candidate.status.text());
///     }
template <class Values>
class OpenEnum : public Values {
 public:
  using Value = typename Values::Value;  ///< for `switch`

  /// `other` with an empty text.
  OpenEnum() = default;

  /// One of the documented values.
  OpenEnum(Value value) : value_(value) {}  // NOLINT(google-explicit-constructor)

  /// The value with this text; `other`, keeping the text, if it is not a documented one.
  explicit OpenEnum(std::string_view text) {
    for (std::size_t i = 0; i < Values::count; ++i) {
      if (Values::texts[i] == text) {
        value_ = static_cast<Value>(i + 1);
        return;
      }
    }
    text_ = text;
  }

  /// The value whose text is in this nlohmann::json; same as json.get<OpenEnum>(). Throws
  /// DecodeError if it is not a text.
  template <class Json, detail::IfJson<Json> = 0>
  explicit OpenEnum(const Json& json) : OpenEnum(detail::getText(json)) {}

  /// The value, `other` for a text that is not documented. Makes `switch` work.
  operator Value() const noexcept { return value_; }  // NOLINT(google-explicit-constructor)
  Value value() const noexcept { return value_; }     ///< as the conversion

  /// The text as the API sends it.
  std::string_view text() const noexcept {
    return value_ == Values::other ? std::string_view(text_)
                                   : Values::texts[static_cast<std::size_t>(value_) - 1];
  }

  /// Equal if the texts are equal.
  /// @{
  friend bool operator==(const OpenEnum& a, const OpenEnum& b) { return a.text() == b.text(); }
  friend bool operator!=(const OpenEnum& a, const OpenEnum& b) { return !(a == b); }
  friend bool operator==(const OpenEnum& a, Value b) { return a.value_ == b; }
  friend bool operator!=(const OpenEnum& a, Value b) { return a.value_ != b; }
  friend bool operator==(Value a, const OpenEnum& b) { return a == b.value_; }
  friend bool operator!=(Value a, const OpenEnum& b) { return a != b.value_; }
  friend bool operator==(const OpenEnum& a, std::string_view b) { return a.text() == b; }
  friend bool operator!=(const OpenEnum& a, std::string_view b) { return a.text() != b; }
  friend bool operator==(std::string_view a, const OpenEnum& b) { return a == b.text(); }
  friend bool operator!=(std::string_view a, const OpenEnum& b) { return a != b.text(); }
  friend bool operator==(const OpenEnum& a, const char* b) { return a.text() == b; }
  friend bool operator!=(const OpenEnum& a, const char* b) { return a.text() != b; }
  friend bool operator==(const char* a, const OpenEnum& b) { return a == b.text(); }
  friend bool operator!=(const char* a, const OpenEnum& b) { return a != b.text(); }
  /// @}

  /// In the order of the documentation; undocumented values come first, ordered by their text.
  /// Without these operators the conversion to Value would make all unknown texts equal.
  /// @{
  friend bool operator<(const OpenEnum& a, const OpenEnum& b) {
    return a.value_ != b.value_ ? a.value_ < b.value_ : a.text_ < b.text_;
  }
  friend bool operator>(const OpenEnum& a, const OpenEnum& b) { return b < a; }
  friend bool operator<=(const OpenEnum& a, const OpenEnum& b) { return !(b < a); }
  friend bool operator>=(const OpenEnum& a, const OpenEnum& b) { return !(a < b); }
#ifdef __cpp_impl_three_way_comparison
  friend std::strong_ordering operator<=>(const OpenEnum& a, const OpenEnum& b) {
    return a < b   ? std::strong_ordering::less
           : b < a ? std::strong_ordering::greater
                   : std::strong_ordering::equal;
  }
#endif
  /// @}

 private:
  Value value_ = Values::other;
  std::string text_;  // used by `other` alone
};

/// The documented values of CandidateResponse::status.
struct CandidateStatusValues {
  /// The documented values, and one for all others.
  enum Value {
    other,        ///< an undocumented text: see text()
    pending,      ///< has not begun
    in_progress,  ///< has begun, and steps are left
    evaluating,   ///< all steps are done, the final score is still being computed
    completed,    ///< all steps are done, and the score is there
    shortlisted,  ///< by a recruiter
    dismissed,    ///< by a recruiter
    knocked_out   ///< disqualified at a step
  };
  static constexpr std::size_t count = 7;  ///< of the documented values
  /// As the API sends them, in the order of the enumerators after `other`.
  static constexpr std::string_view texts[count] = {"pending",
                                                    "in_progress",
                                                    "evaluating",
                                                    "completed",
                                                    "shortlisted",
                                                    "dismissed",
                                                    "knocked_out"};
};

/// The documented values of WorkflowStepStatus::status.
struct StepStatusValues {
  /// The documented values, and one for all others.
  enum Value {
    other,        ///< an undocumented text: see text()
    not_started,  ///< has not begun
    in_progress,  ///< has begun
    completed,    ///< is done
    knocked_out   ///< disqualified here
  };
  static constexpr std::size_t count = 4;  ///< of the documented values
  /// As the API sends them, in the order of the enumerators after `other`.
  static constexpr std::string_view texts[count] = {
      "not_started", "in_progress", "completed", "knocked_out"};
};

using CandidateStatus = OpenEnum<CandidateStatusValues>;  ///< a candidate's status
using StepStatus = OpenEnum<StepStatusValues>;            ///< a candidate's status in a step

/// The text as the API sends it, for a constant as well. Generic code finds it as
/// `to_string(status)`.
template <class Values>
std::string to_string(const OpenEnum<Values>& status) {
  return std::string(status.text());
}
/// The same, for a constant.
inline std::string to_string(CandidateStatusValues::Value status) {
  return to_string(CandidateStatus(status));
}
/// The same, for a constant.
inline std::string to_string(StepStatusValues::Value status) {
  return to_string(StepStatus(status));
}

/// Writes text(). Without it a constant would be written as its number.
template <class Values>
std::ostream& operator<<(std::ostream& out, const OpenEnum<Values>& status) {
  return detail::write(out, status.text());
}
/// The same, for a constant.
inline std::ostream& operator<<(std::ostream& out, CandidateStatusValues::Value status) {
  return out << CandidateStatus(status);
}
/// The same, for a constant.
inline std::ostream& operator<<(std::ostream& out, StepStatusValues::Value status) {
  return out << StepStatus(status);
}

/// JSON of the text, of any nlohmann::basic_json, for a constant as well.
template <class Json, class Values, detail::IfJson<Json> = 0>
void to_json(Json& json, const OpenEnum<Values>& status) {
  detail::setText(json, status.text());
}
/// The same, for a constant.
template <class Json, detail::IfJson<Json> = 0>
void to_json(Json& json, CandidateStatusValues::Value status) {
  detail::setText(json, CandidateStatus(status).text());
}
/// The same, for a constant.
template <class Json, detail::IfJson<Json> = 0>
void to_json(Json& json, StepStatusValues::Value status) {
  detail::setText(json, StepStatus(status).text());
}

/// The value whose text is in the JSON; an undocumented one is kept. Throws DecodeError if the JSON
/// is not a text; `status` is then unchanged.
template <class Json, class Values, detail::IfJson<Json> = 0>
void from_json(const Json& json, OpenEnum<Values>& status) {
  status = OpenEnum<Values>(json);
}
/// The same, for a constant: `other` for a text that is not documented.
template <class Json, detail::IfJson<Json> = 0>
void from_json(const Json& json, CandidateStatusValues::Value& status) {
  status = CandidateStatus(json);
}
/// The same, for a constant: `other` for a text that is not documented.
template <class Json, detail::IfJson<Json> = 0>
void from_json(const Json& json, StepStatusValues::Value& status) {
  status = StepStatus(json);
}

/// Equal if the JSON is a text, and the same one.
/// @{
template <class Json, class Values, detail::IfJson<Json> = 0>
bool operator==(const Json& a, const OpenEnum<Values>& b) {
  return a.is_string() && detail::getText(a) == b.text();
}
template <class Json, class Values, detail::IfJson<Json> = 0>
bool operator!=(const Json& a, const OpenEnum<Values>& b) {
  return !(a == b);
}
template <class Json, class Values, detail::IfJson<Json> = 0>
bool operator==(const OpenEnum<Values>& a, const Json& b) {
  return b == a;
}
template <class Json, class Values, detail::IfJson<Json> = 0>
bool operator!=(const OpenEnum<Values>& a, const Json& b) {
  return !(b == a);
}
/// @}

/// Whether the workflow is over for a candidate with this status: `completed`, `shortlisted`,
/// `dismissed` or `knocked_out`. A status that this version does not know is not final.
HEYMILO_EXPORT bool isFinal(const CandidateStatus& status) noexcept;

}  // namespace heymilo

/// Equal texts have equal hashes.
template <class Values>
struct std::hash<heymilo::OpenEnum<Values>> {
  std::size_t operator()(const heymilo::OpenEnum<Values>& status) const noexcept {
    return std::hash<std::string_view>()(status.text());
  }
};
