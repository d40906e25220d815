#pragma once

#include "heymilo/options.hpp"
#include "heymilo/testing/mock_server.hpp"

namespace heymilo_test {

/// Options for a client of the server over HTTP; in process, if built without HTTP.
inline heymilo::ClientOptions mockClientOptions(const heymilo::testing::MockServer& server) {
  const heymilo::ClientOptions in_process = server.clientOptions();
  heymilo::ClientOptions options;
  options.api_key = in_process.api_key;
  options.base_url = in_process.base_url;
  options.proxy = "";
  if constexpr (!HEYMILO_TESTING_HTTP) {
    options.transport = in_process.transport;
  }
  return options;
}

}  // namespace heymilo_test
