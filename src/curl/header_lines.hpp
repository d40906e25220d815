#pragma once

#include <curl/curl.h>

#include <memory>

#include "heymilo/headers.hpp"

namespace heymilo {

/// The header lines of requests as libcurl takes them. Most requests of a client have the same
/// ones: they are made once. The list belongs to this object, which must outlive the transfer.
class HeaderLines {
 public:
  /// The lines of these fields, and one each that keeps libcurl from adding a field of its own:
  /// valid until the next call. Throws std::bad_alloc.
  curl_slist* of(const Headers& headers);

 private:
  struct DeleteList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  void append(const char* line);

  std::unique_ptr<curl_slist, DeleteList> lines_;
  Headers headers_;  // whose lines these are
};

}  // namespace heymilo
