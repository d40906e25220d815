// The entry point for libFuzzer.

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzzOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
