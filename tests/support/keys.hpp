#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "support/namespaces.hpp"
#include "workflows/bulk/key/key_rule.hpp"

/// Records and their keys, for tests of a KeyRule.
namespace heymilo_test {

using Metadata = KeyRule::Metadata;

// sha256sum of the address, and of the text that CanonicalContentTest has.
inline const std::string kAda =
    "email:b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72";
inline const std::string kAdaExample =
    "830530ee23e941ec0c3c595b46eca47bf9217c5abf1b590ce12aae786d848b9d";
inline const std::string kMark01 = "0123456789abcdef01234567-17";

inline CandidateIngestRequest ada() { return {"Ada Example", "ada@example.com"}; }
inline CandidateIngestRequest adaWith(const std::string& key, const std::string& value) {
  return ada().withMetadata(key, value);
}
inline std::string keyOf(const std::string& name, CandidateIngestRequest request) {
  const IdentifiedRecord record = KeyRule(name).identify(request);
  EXPECT_FALSE(record.problem) << record.problem->message;
  return record.key;
}

inline std::string repeated(const char* text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    all += text;
  }
  return all;
}

}  // namespace heymilo_test
