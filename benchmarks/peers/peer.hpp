#pragma once

#include <cstddef>
#include <functional>
#include <string>

/// The other libraries in codec_benchmark: the same documents.
namespace peers {

struct Codec {
  /// Decodes the page into the peer's structs, and returns the sum of the lengths of all names and
  /// e-mail addresses, plus the number of workflow steps.
  std::function<std::size_t()> decode_page;
  /// Encodes the bulk body, decoded into the peer's structs beforehand, as compact JSON text. Empty
  /// if the peer does not support it.
  std::function<std::string()> encode_bulk;
};

/// Structs and conversions that quicktype generates, over nlohmann/json.
Codec quicktype(const std::string& page, const std::string& bulk);

/// Models that openapi-generator generates, over the C++ REST SDK.
Codec cppRestSdk(const std::string& page, const std::string& bulk);

/// heymilo's structs, filled by hand from a RapidJSON document and written by hand with its Writer.
Codec rapidJson(const std::string& page, const std::string& bulk);

}  // namespace peers
