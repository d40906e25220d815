#pragma once

#include <string>
#include <string_view>

namespace support {

/// Whether the text is a URL of PostgreSQL: postgresql://… or postgres://….
bool isPostgresUrl(std::string_view text);

/// Such a URL without the user, the password and everything else that is not the database's place.
/// Empty where it can't be told which part is the password.
std::string withoutCredentials(std::string_view url);

/// The text with each PostgreSQL URL in it that has a password replaced by withoutCredentials(), or
/// by `postgresql://***`. A URL ends at a space, a quote or a line break. The value of `password=`
/// in a connection string of libpq becomes `***`.
std::string withoutPasswords(std::string_view text);

}  // namespace support
