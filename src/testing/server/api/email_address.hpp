#pragma once

#include <optional>
#include <string_view>

namespace heymilo::testing::detail {

/// Why a UTF-8 text is not an e-mail address, with the messages of Python's email-validator; empty
/// if it is one. Quoted local parts and domains without a period are refused; other scripts are
/// allowed.
std::optional<std::string_view> emailComplaint(std::string_view address);

}  // namespace heymilo::testing::detail
