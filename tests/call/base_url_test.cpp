#include "call/base_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(std::string_view text) {
  try {
    parseBaseUrl(text);
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "base_url");
    return error.what();
  }
  return "accepted";
}

TEST(BaseUrl, IsKeptWithoutTheSlashAtItsEnd) {
  EXPECT_EQ(parseBaseUrl("https://api.heymilo.ai").text, "https://api.heymilo.ai");
  EXPECT_EQ(parseBaseUrl("https://api.heymilo.ai/").text, "https://api.heymilo.ai");
  EXPECT_EQ(parseBaseUrl("https://api.heymilo.ai///").text, "https://api.heymilo.ai");
  EXPECT_EQ(parseBaseUrl("https://host:8443/a/b/").text, "https://host:8443/a/b");
  EXPECT_EQ(parseBaseUrl("https://host/a//b").text, "https://host/a//b");
  EXPECT_EQ(parseBaseUrl("https://host/a%2Fb;c=d@e:f/").text, "https://host/a%2Fb;c=d@e:f");
  EXPECT_EQ(parseBaseUrl("HTTPS://Host_1.example.").text, "HTTPS://Host_1.example.");
  EXPECT_EQ(parseBaseUrl("http://[2001:db8::1]:80/x").text, "http://[2001:db8::1]:80/x");
}

TEST(BaseUrl, KnowsWhetherItIsSecure) {
  EXPECT_TRUE(parseBaseUrl("https://host").secure);
  EXPECT_TRUE(parseBaseUrl("hTTpS://host").secure);
  EXPECT_FALSE(parseBaseUrl("http://host").secure);
  EXPECT_FALSE(parseBaseUrl("HTTP://host").secure);
}

TEST(BaseUrl, KnowsThisMachine) {
  for (const char* text : {"http://localhost",
                           "http://LocalHost:8080/x",
                           "http://127.0.0.1",
                           "http://127.255.1.2:1",
                           "http://[::1]",
                           "http://[0:0:0:0:0:0:0:1]:8080/"}) {
    EXPECT_TRUE(parseBaseUrl(text).loopback) << text;
  }
  for (const char* text : {"http://localhost.example.com",
                           "http://example.localhost.com",
                           "http://127.0.0.1.example.com",
                           "http://127.0.0",
                           "http://127.1",
                           "http://2130706433",
                           "http://0x7f000001",
                           "http://0.0.0.0",
                           "http://128.0.0.1",
                           "http://10.127.0.1",
                           "http://[::]",
                           "http://[::2]",
                           "http://[2001:db8::1]"}) {
    EXPECT_FALSE(parseBaseUrl(text).loopback) << text;
  }
}

TEST(BaseUrl, APortIsANumberInRange) {
  EXPECT_EQ(refusal("http://host:1"), "accepted");
  EXPECT_EQ(refusal("http://host:65535"), "accepted");
  for (const std::string port : {"",
                                 "0",
                                 "65536",
                                 "0.7655",
                                 "0.765536",
                                 "99999",
                                 "100000",
                                 "6553500000000000000000",
                                 "-1",
                                 "+1",
                                 "8a",
                                 "80:80",
                                 "0x50",
                                 "%38"}) {
    EXPECT_THAT(refusal("http://host:" + port), HasSubstr("port")) << port;
    EXPECT_THAT(refusal("http://[::1]:" + port + "/"), HasSubstr("port")) << port;
  }
}

TEST(BaseUrl, AnEmptyOneIsTheApis) {
  const BaseUrl url = parseBaseUrl("");
  EXPECT_EQ(url.text, "https://api.heymilo.ai");
  EXPECT_TRUE(url.secure);
}

TEST(BaseUrl, WhatIsNotAbsoluteHttpIsRefused) {
  for (const char* text : {"host",
                           "host:80",
                           "//host",
                           "/path",
                           "http",
                           "http:",
                           "http:/host",
                           "http:host",
                           "ftp://host",
                           "file:///etc/passwd",
                           "httpss://host",
                           "ws://host",
                           " http://host",
                           "javascript:alert(1)"}) {
    EXPECT_THAT(refusal(text), HasSubstr("must begin with")) << text;
  }
}

TEST(BaseUrl, AHostIsANameOrAnAddress) {
  for (const char* text : {"http://", "http:///", "http:///path", "https://:80"}) {
    EXPECT_THAT(refusal(text), HasSubstr("must have a host")) << text;
  }
  for (const char* text : {"http://a%20b",
                           "http://a,b",
                           "http://b\xc3\xbc"
                           "cher.example",
                           "http://a*b",
                           "http://a]b",
                           "http://a[b",
                           "http://::1",
                           "http://a~b",
                           "http://[::1",
                           "http://[]",
                           "http://[1.2.3.4]",
                           "http://[::1]x",
                           "http://[::1]]",
                           "http://[fe80::1%25eth0]",
                           "http://[v1.x]",
                           "http://[::g]"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
}

TEST(BaseUrl, WhatAUrlCannotHoldIsRefused) {
  for (const std::string text :
       {"http://ho st",     "http://host ",          "http://host\t",       "http://host\n",
        "http://host/a b",  "http://host/a\r\nX: y", "http://host\\@other", "http://host/\\",
        "http://host/\x7f", "http://host?q",         "http://host/?q=1",    "http://host#f",
        "http://host/#",    "http://host/a?",        "http://host/%",       "http://host/%2",
        "http://host/%zz",  "http://host/\xc3\xa9",  "http://host/\"",      "http://host/<a>",
        "http://host/{id}", "http://host/a|b",       "http://host/[",       "http://host/^",
        "http://host/`"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
  EXPECT_NE(refusal(std::string_view("http://host\0", 12)), "accepted");
  EXPECT_NE(refusal(std::string_view("http://host/\0x", 14)), "accepted");
}

TEST(BaseUrl, DotSegmentsAreRefused) {
  for (const char* text : {"http://host/.",
                           "http://host/..",
                           "http://host/../a",
                           "http://host/a/./b",
                           "http://host/a/../",
                           "http://host//.."}) {
    EXPECT_THAT(refusal(text), HasSubstr("dot segment")) << text;
  }
  EXPECT_EQ(refusal("http://host/.../.a/b."), "accepted");
}

TEST(BaseUrl, ARefusalQuotesNothing) {
  for (const char* text : {"http://user:secret@host",
                           "http://secret@host/",
                           "http://secret:@[::1]:80",
                           "ftp://user:secret@host",
                           "http://host/secret path",
                           "http://host:secret"}) {
    EXPECT_THAT(refusal(text), Not(HasSubstr("secret"))) << text;
    EXPECT_NE(refusal(text), "accepted");
  }
  EXPECT_THAT(refusal("http://user:secret@host"), HasSubstr("user name"));
  EXPECT_EQ(refusal("http://host/user@name"), "accepted");
}

}  // namespace
}  // namespace heymilo
