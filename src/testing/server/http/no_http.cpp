// Replaces http/ with HEYMILO_TESTING_HTTP=OFF.

#include "testing/server/http/http_front.hpp"

namespace heymilo::testing::detail {

std::unique_ptr<HttpFront> listenForHttp(HttpFrontOptions /*options*/) { return nullptr; }

}  // namespace heymilo::testing::detail
