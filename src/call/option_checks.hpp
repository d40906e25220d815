#pragma once

#include <string>
#include <string_view>

#include "heymilo/options.hpp"

/// Checks of options. Each throws InvalidArgumentError whose param() names the option, and whose
/// text quotes no value.
namespace heymilo {

void checkClientOptions(const ClientOptions& options);
void checkRequestOptions(const RequestOptions& options);

/// `value` of the option `param` as it is to stand in a header.
void checkHeaderText(const std::string& param, std::string_view value);

/// Whether the library sets the header field itself, or it belongs to the connection: callers must
/// not add it.
bool isReservedHeader(std::string_view name) noexcept;

}  // namespace heymilo
