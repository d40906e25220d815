#pragma once

#include <optional>
#include <string_view>

namespace heymilo::testing::detail {

/// Why a UTF-8 text is no e-mail address, in the words of Python's email-validator; empty: it is
/// one. Quoted local parts and domains without a period are refused, other scripts are not.
std::optional<std::string_view> emailComplaint(std::string_view address);

}  // namespace heymilo::testing::detail
