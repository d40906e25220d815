#include "curl/header_lines.hpp"

#include <algorithm>
#include <new>
#include <string>

namespace heymilo {

namespace {

/// A line with what servers use of what libcurl decodes; empty if that is nothing. libcurl would
/// make one of its own for each request.
const std::string& acceptEncoding() {
  static const std::string line = [] {
    const curl_version_info_data* const about = curl_version_info(CURLVERSION_NOW);
    std::string encodings;
    if ((about->features & CURL_VERSION_LIBZ) != 0) {
      encodings = "gzip";
    }
    if ((about->features & CURL_VERSION_BROTLI) != 0) {
      encodings += encodings.empty() ? "br" : ", br";
    }
    return encodings.empty() ? encodings : "Accept-Encoding: " + encodings;
  }();
  return line;
}

}  // namespace

curl_slist* HeaderLines::of(const Headers& headers) {
  if (lines_ && headers_.size() == headers.size() &&
      std::equal(headers.begin(), headers.end(), headers_.begin())) {
    return lines_.get();
  }
  lines_.reset();
  if (const std::string& encodings = acceptEncoding();
      !encodings.empty() && !headers.contains("Accept-Encoding")) {
    append(encodings.c_str());
  }
  std::string line;
  for (const auto& [name, value] : headers) {
    // `Name:` without a value would remove the header.
    const bool blank = value.find_first_not_of(" \t") == std::string::npos;
    line.assign(name).append(blank ? ";" : ": ");
    if (!blank) {
      line += value;
    }
    append(line.c_str());
  }
  // Headers that libcurl would add automatically. (`Expect` costs a second if the server ignores
  // it.)
  for (const char* name : {"Accept", "Content-Type", "Expect"}) {
    if (!headers.contains(name)) {
      line.assign(name).append(":");
      append(line.c_str());
    }
  }
  headers_ = headers;
  return lines_.get();
}

void HeaderLines::append(const char* line) {
  curl_slist* const longer = curl_slist_append(lines_.get(), line);
  if (longer == nullptr) {
    lines_.reset();
    throw std::bad_alloc();
  }
  static_cast<void>(lines_.release());
  lines_.reset(longer);
}

}  // namespace heymilo
