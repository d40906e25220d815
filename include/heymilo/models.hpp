#pragma once

/// A struct for each schema of the API, with the schema's name and property names. Each converts
/// both ways with `nlohmann::json` and compares with `==`.

#include "heymilo/models/api_error.hpp"
#include "heymilo/models/candidate.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/models/ingest.hpp"
#include "heymilo/models/open_enum.hpp"
#include "heymilo/models/timestamp.hpp"
