#pragma once

#include <gtest/gtest.h>
#include <heymilo/errors.hpp>
#include <heymilo/transport.hpp>
#include <string>
#include <utility>

namespace heymilo_test {

/// Whether a test calls a blocking or a non-blocking transport.
enum class CallKind { blocking, non_blocking };

/// A GET as the library sends it, with a long timeout.
inline heymilo::HttpRequest get(std::string url) {
  heymilo::HttpRequest request;
  request.method = "GET";
  request.url = std::move(url);
  request.timeout = std::chrono::seconds(10);
  request.idempotent = true;
  return request;
}

/// A POST as the library sends it, with a long timeout.
inline heymilo::HttpRequest post(std::string url, std::string body) {
  heymilo::HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers.add("Content-Type", "application/json");
  request.body = std::move(body);
  request.timeout = std::chrono::seconds(10);
  return request;
}

/// The error of the request, which must be exactly an `Error`.
template <class Error>
Error failureOf(heymilo::Transport& transport, const heymilo::HttpRequest& request,
                const heymilo::CancellationToken& cancellation = {}) {
  try {
    const heymilo::HttpResponse response = transport.send(request, cancellation);
    ADD_FAILURE() << "an answer came, of status " << response.status;
  } catch (const Error& error) {
    EXPECT_EQ(typeid(error), typeid(Error)) << error.what();
    return error;
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another error: " << error.what();
  }
  return Error("none", heymilo::Outcome::applied);
}

}  // namespace heymilo_test
