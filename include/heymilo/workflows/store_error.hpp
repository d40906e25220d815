#pragma once

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

using StoreError = heymilo::StoreError;  ///< thrown by the workflows for an unusable file

}  // namespace heymilo::workflows
