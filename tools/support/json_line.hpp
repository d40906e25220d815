#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace support {

/// The value as one line of JSON, including the line end. DEL and the C1 controls, which JSON
/// allows and a terminal may interpret, are escaped: the value stays the same.
std::string jsonLine(const nlohmann::json& value);

}  // namespace support
