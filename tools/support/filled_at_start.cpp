// For a program whose main() does not call fillStandardDescriptors().

#include "support/standard_descriptors.hpp"

namespace {

[[maybe_unused]] const bool filled = (support::fillStandardDescriptors(), true);

}  // namespace
