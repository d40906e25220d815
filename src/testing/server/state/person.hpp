#pragma once

#include <cstdint>
#include <string>

namespace heymilo::testing::detail {

/// The data of a person in an ingestion. The free-form properties are kept as JSON text, `null` if
/// not given.
struct Person {
  std::string name;
  std::string email;
  std::string metadata = "null";
  std::string data = "null";
};

/// An obviously fictional person, the same for the same number. Names have several scripts and
/// lengths; e-mail addresses are of example.com and differ for different numbers.
Person generatePerson(std::uint64_t number);

}  // namespace heymilo::testing::detail
