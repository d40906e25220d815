#include "curl/proxy_in_use.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace heymilo {
namespace {

TEST(ProxyInUse, NoProxyIsReadAsLibcurlReadsIt) {
  for (const auto& [host, exceptions] : {std::pair("api.example", "*"),
                                         std::pair("api.example", "example"),
                                         std::pair("api.example", ".example"),
                                         std::pair("API.example.", "other,api.EXAMPLE."),
                                         std::pair("example", ".example"),
                                         std::pair("127.0.0.1", "10.0.0.1 127.0.0.1"),
                                         std::pair("10.1.2.3", "10.0.0.0/8"),
                                         std::pair("::1", "[::1]"),
                                         std::pair("fe80::1", "fe80::/10")}) {
    EXPECT_TRUE(isException(host, exceptions)) << host << " " << exceptions;
  }
  for (const auto& [host, exceptions] : {std::pair("api.example", ""),
                                         std::pair("api.example", "pi.example"),
                                         std::pair("api.example", "api"),
                                         std::pair("127.0.0.1", "127.0.0.2,0.0.1"),
                                         std::pair("10.1.2.3", "10.0.0.0/x"),
                                         std::pair("11.1.2.3", "10.0.0.0/8"),
                                         std::pair("::1", "::2")}) {
    EXPECT_FALSE(isException(host, exceptions)) << host << " " << exceptions;
  }
}

}  // namespace
}  // namespace heymilo
