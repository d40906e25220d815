// A shared object that uses the library: guest_module_test loads two of them into one process.

#include <optional>
#include <string>

#include "heymilo/client.hpp"

namespace {

std::optional<heymilo::Client>& client() {
  static std::optional<heymilo::Client> instance;
  return instance;
}

}  // namespace

#define HEYMILO_MODULE_EXPORT extern "C" __attribute__((visibility("default")))

HEYMILO_MODULE_EXPORT void guestBegin(const char* base_url) {
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = base_url;
  options.proxy = "";
  client().emplace(std::move(options));
}

/// The number of candidates; less than 0 for an error of the library, caught as its type.
HEYMILO_MODULE_EXPORT int guestCount(const char* posting_id) {
  try {
    int count = 0;
    for ([[maybe_unused]] const auto& candidate : client()->listAllCandidates(posting_id)) {
      ++count;
    }
    return count;
  } catch (const heymilo::NotFoundError& error) {
    return -error.status();
  } catch (const heymilo::Error&) {
    return -1;
  }
}

HEYMILO_MODULE_EXPORT void guestEnd() { client().reset(); }
