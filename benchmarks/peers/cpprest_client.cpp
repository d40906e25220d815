#include "peers/cpprest_client.hpp"

#include <cpprest/http_client.h>

#include <stdexcept>

namespace peers {

namespace {

namespace http = web::http;

http::http_request requestOf(const http::method& method, const std::string& target,
                             const CpprestClient::Headers& headers) {
  http::http_request request(method);
  request.set_request_uri(target);
  for (const auto& [name, value] : headers) {
    request.headers().add(name, value);
  }
  return request;
}

}  // namespace

class CpprestClient::Impl {
 public:
  explicit Impl(const std::string& base_url) : client_(base_url) {}

  std::string send(const http::http_request& request) {
    const http::http_response response = client_.request(request).get();
    if (response.status_code() != http::status_codes::OK) {
      throw std::runtime_error("The C++ REST SDK got another status than 200");
    }
    return response.extract_utf8string().get();
  }

 private:
  http::client::http_client client_;
};

CpprestClient::CpprestClient(const std::string& base_url)
    : impl_(std::make_unique<Impl>(base_url)) {}
CpprestClient::~CpprestClient() = default;

std::string CpprestClient::get(const std::string& target, const Headers& headers) {
  return impl_->send(requestOf(http::methods::GET, target, headers));
}

std::string CpprestClient::post(const std::string& target, const Headers& headers,
                                const std::string& body) {
  http::http_request request = requestOf(http::methods::POST, target, headers);
  request.set_body(body, "application/json");
  return impl_->send(request);
}

}  // namespace peers
