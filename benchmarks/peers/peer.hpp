#pragma once

#include <cstddef>
#include <functional>
#include <string>

/// What codec_benchmark measures beside heymilo: the same documents through other libraries.
namespace peers {

struct Codec {
  /// Decodes the page into the peer's structs, and gives the summed lengths of all names and e-mail
  /// addresses, plus the number of workflow steps.
  std::function<std::size_t()> decode_page;
  /// Encodes the bulk body, which was decoded into the peer's structs beforehand, as compact JSON
  /// text. Empty where the peer has none.
  std::function<std::string()> encode_bulk;
};

/// Structs and conversions that quicktype generates, over nlohmann/json.
Codec quicktype(const std::string& page, const std::string& bulk);

/// Models that openapi-generator generates, over the C++ REST SDK.
Codec cppRestSdk(const std::string& page, const std::string& bulk);

/// heymilo's structs, filled by hand from a document of RapidJSON and written by hand with its
/// Writer.
Codec rapidJson(const std::string& page, const std::string& bulk);

}  // namespace peers
