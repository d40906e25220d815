#pragma once

#include "heymilo/models/ingest.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"

/// The library, its mock server, the workflows and GoogleMock's matchers without a qualifier, for
/// tests that are in this namespace.
namespace heymilo_test {

using namespace heymilo;             // NOLINT(google-build-using-namespace)
using namespace heymilo::testing;    // NOLINT(google-build-using-namespace)
using namespace heymilo::workflows;  // NOLINT(google-build-using-namespace)
using namespace ::testing;           // NOLINT(google-build-using-namespace)

}  // namespace heymilo_test
