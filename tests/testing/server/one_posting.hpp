#pragma once

#include <string>

namespace heymilo::testing {

/// The candidates of posting p1, which the tests of the mock server add.
inline const std::string kPath = "/api/v2/postings/p1/candidates";
/// A candidate whom the API takes.
inline const std::string kPerson = R"({"name":"Ada","email":"ada@example.com"})";

}  // namespace heymilo::testing
