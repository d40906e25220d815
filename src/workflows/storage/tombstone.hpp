#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heymilo::workflows {

/// What is left of a candidate who was erased, as hexadecimal digits: HMAC-SHA-256 of the
/// interview_id with a key that each mirror makes for itself. So the mirror recognises a late page
/// without keeping the interview_id, and the tombstones of two mirrors, or of a mirror and a list
/// of interview_ids that somebody has, can't be compared without the key. `key`: of
/// randomDigits(32).
std::string tombstoneOf(const std::string& key, std::string_view interview_id);

/// Random bytes as hexadecimal digits, from the operating system.
std::string randomDigits(std::size_t bytes);

}  // namespace heymilo::workflows
