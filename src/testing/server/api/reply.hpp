#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "heymilo/testing/recorded_request.hpp"

namespace heymilo::testing::detail {

/// The delivery of a response.
struct Delivery {
  bool interrupt = false;                 ///< the request was not received: there is no response
  std::optional<std::uint64_t> ticket{};  ///< held until it is released: see WaitingRoom
  std::chrono::milliseconds delay{0};
  std::optional<std::string> raw_bytes{};  ///< instead of the response, then the end
  std::optional<std::size_t> cut_after{};  ///< only this many bytes, then the end
  std::size_t piece = 0;                   ///< in pieces of this many bytes; 0: as a whole
  std::chrono::milliseconds piece_interval{0};
  bool reset = false;  ///< the end is a TCP reset
};

/// An HTTP response. A body without a Content-Type header is JSON.
struct Reply {
  int status = 0;
  std::vector<RecordedRequest::Header> headers{};
  std::string body{};
  Delivery delivery{};
};

/// The value of the first header of that name; nullptr if there is none.
inline const std::string* headerIn(const Reply& reply, std::string_view name) {
  for (const auto& [other, value] : reply.headers) {
    if (ascii::equalIgnoringCase(other, name)) {
      return &value;
    }
  }
  return nullptr;
}

/// Sets a header, replacing all of that name.
inline void setHeader(Reply& reply, RecordedRequest::Header header) {
  auto& headers = reply.headers;
  headers.erase(std::remove_if(headers.begin(),
                               headers.end(),
                               [&](const RecordedRequest::Header& other) {
                                 return ascii::equalIgnoringCase(other.first, header.first);
                               }),
                headers.end());
  headers.push_back(std::move(header));
}

}  // namespace heymilo::testing::detail
