#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heymilo {

/// A text property with documented values that may grow: a newer API may send a text that this
/// version does not know, and it is kept. `Values` lists the documented ones: an unscoped
/// enumeration `Value` whose first enumerator is `other`, and their texts in `texts`.
///
///     switch (candidate.status) {
///       case CandidateStatus::completed: ...
///       case CandidateStatus::other: log(candidate.status.text());
///     }
template <class Values>
class OpenEnum : public Values {
 public:
  using Value = typename Values::Value;  ///< what a `switch` takes

  /// `other` with an empty text.
  OpenEnum() = default;

  /// One of the documented values.
  OpenEnum(Value value) : value_(value) {}  // NOLINT(google-explicit-constructor)

  /// The value with this text; `other`, keeping the text, where it is not a documented one.
  explicit OpenEnum(std::string_view text) {
    for (std::size_t i = 0; i < Values::count; ++i) {
      if (Values::texts[i] == text) {
        value_ = static_cast<Value>(i + 1);
        return;
      }
    }
    text_ = text;
  }

  /// The value, `other` for a text that is not documented. Makes `switch` work.
  operator Value() const noexcept { return value_; }  // NOLINT(google-explicit-constructor)
  Value value() const noexcept { return value_; }     ///< as the conversion

  /// The text as the API sends it.
  std::string_view text() const noexcept {
    return value_ == Values::other ? std::string_view(text_)
                                   : Values::texts[static_cast<std::size_t>(value_) - 1];
  }

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

 private:
  Value value_ = Values::other;
  std::string text_;  // used by `other` alone
};

/// The documented values of CandidateResponse::status.
struct CandidateStatusValues {
  /// The documented values, and one for all others.
  enum Value {
    other,        ///< a text that this version does not know: see text()
    pending,      ///< has not begun
    in_progress,  ///< has begun, and steps are left
    evaluating,   ///< all steps are done, the final score is still being computed
    completed,    ///< all steps are done, and the score is there
    shortlisted,  ///< by a recruiter
    dismissed,    ///< by a recruiter
    knocked_out   ///< disqualified at a step
  };
  static constexpr std::size_t count = 7;  ///< of the documented values
  /// As the API sends them, in the order of the enumerators behind `other`.
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
    other,        ///< a text that this version does not know: see text()
    not_started,  ///< has not begun
    in_progress,  ///< has begun
    completed,    ///< is done
    knocked_out   ///< disqualified here
  };
  static constexpr std::size_t count = 4;  ///< of the documented values
  /// As the API sends them, in the order of the enumerators behind `other`.
  static constexpr std::string_view texts[count] = {
      "not_started", "in_progress", "completed", "knocked_out"};
};

using CandidateStatus = OpenEnum<CandidateStatusValues>;  ///< where a candidate stands
using StepStatus = OpenEnum<StepStatusValues>;            ///< where one stands in a step

}  // namespace heymilo
