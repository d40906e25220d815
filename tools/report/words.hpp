#pragma once

#include <cstdint>
#include <heymilo/models/open_enum.hpp>
#include <optional>
#include <string>

namespace report {

/// A status as people read it, escaped.
std::string nameOf(const heymilo::CandidateStatus& status);
/// The class of the style sheet for a status.
std::string kindOf(const heymilo::CandidateStatus& status);
/// `2 · phone_screen`, escaped; a dash for no step.
std::string stepName(const std::optional<std::int64_t>& order,
                     const std::optional<std::string>& step_id);

}  // namespace report
