#pragma once

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

using StoreError = heymilo::StoreError;  ///< what the workflows throw where a file can't be used

}  // namespace heymilo::workflows
