#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace peers {

/// The HTTP client of the C++ REST SDK, one for all requests. It starts its own threads with its
/// first request.
class CpprestClient {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  explicit CpprestClient(const std::string& base_url);
  ~CpprestClient();
  CpprestClient(const CpprestClient&) = delete;
  CpprestClient& operator=(const CpprestClient&) = delete;

  /// The response body. Throws for any status but 200.
  std::string get(const std::string& target, const Headers& headers);
  std::string post(const std::string& target, const Headers& headers, const std::string& body);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace peers
