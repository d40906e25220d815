// For a program that does not call fillStandardDescriptors() in its main().

#include "support/standard_descriptors.hpp"

namespace {

[[maybe_unused]] const bool filled = (support::fillStandardDescriptors(), true);

}  // namespace
