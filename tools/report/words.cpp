#include "report/words.hpp"

#include "report/markup.hpp"

namespace report {

std::string nameOf(const heymilo::CandidateStatus& status) {
  switch (status) {
    case heymilo::CandidateStatus::pending:
      return "Not started";
    case heymilo::CandidateStatus::in_progress:
      return "In progress";
    case heymilo::CandidateStatus::evaluating:
      return "Being evaluated";
    case heymilo::CandidateStatus::completed:
      return "Completed";
    case heymilo::CandidateStatus::shortlisted:
      return "Shortlisted";
    case heymilo::CandidateStatus::dismissed:
      return "Dismissed";
    case heymilo::CandidateStatus::knocked_out:
      return "Knocked out";
    case heymilo::CandidateStatus::other:
      break;
  }
  return status.text().empty() ? "(no status)" : escaped(status.text());
}

std::string kindOf(const heymilo::CandidateStatus& status) {
  switch (status) {
    case heymilo::CandidateStatus::in_progress:
      return "main";
    case heymilo::CandidateStatus::evaluating:
      return "eval";
    case heymilo::CandidateStatus::completed:
      return "done";
    case heymilo::CandidateStatus::shortlisted:
      return "good";
    case heymilo::CandidateStatus::dismissed:
      return "no";
    case heymilo::CandidateStatus::knocked_out:
      return "out";
    case heymilo::CandidateStatus::pending:
    case heymilo::CandidateStatus::other:
      break;
  }
  return "wait";
}

namespace {

/// May break after the characters that ids have between their words.
std::string breakable(const std::string& escaped_id) {
  std::string text;
  for (const char c : escaped_id) {
    text += c;
    if (c == '_' || c == '-' || c == '.' || c == '/') {
      text += "<wbr/>";
    }
  }
  return text;
}

}  // namespace

std::string stepName(const std::optional<std::int64_t>& order,
                     const std::optional<std::string>& step_id) {
  if (!order && !step_id) {
    return "\u2013";
  }
  const std::string place =
      order ? element("span", " class=\"place\"", std::to_string(*order) + "\u00A0\u00B7\u00A0")
            : std::string();
  return place + breakable(escaped(step_id.value_or("")));
}

}  // namespace report
