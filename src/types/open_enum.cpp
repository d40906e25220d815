#include "heymilo/models/open_enum.hpp"

#include <ostream>

namespace heymilo {

bool isFinal(const CandidateStatus& status) noexcept {
  switch (status) {
    case CandidateStatus::completed:
    case CandidateStatus::shortlisted:
    case CandidateStatus::dismissed:
    case CandidateStatus::knocked_out:
      return true;
    default:
      return false;
  }
}

std::ostream& detail::write(std::ostream& out, std::string_view text) { return out << text; }

}  // namespace heymilo
