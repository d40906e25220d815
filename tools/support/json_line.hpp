#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace support {

/// The value as one line of JSON with its end. DEL and the C1 controls, which JSON lets stand and
/// a terminal may obey, are escaped: another spelling of the same value.
std::string jsonLine(const nlohmann::json& value);

}  // namespace support
