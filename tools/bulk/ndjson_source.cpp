#include "bulk/ndjson_source.hpp"

#include <cstdint>
#include <heymilo/errors.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace bulk {

namespace {

using heymilo::APIErrorDetail;
using heymilo::workflows::BulkRecord;

constexpr std::size_t kLongestLine = std::size_t{16} << 20;

BulkRecord problem(std::uint64_t line, const std::string& what,
                   std::optional<std::string> param = std::nullopt) {
  BulkRecord record;
  record.problem = APIErrorDetail{"invalid_record", what, std::move(param)};
  record.line = line;
  return record;
}

/// `data.note` for `/data/note`.
std::optional<std::string> paramOf(const heymilo::DecodeError& error) {
  std::string param = error.path().substr(error.path().empty() ? 0 : 1);
  for (char& c : param) {
    c = c == '/' ? '.' : c;
  }
  return param.empty() ? std::nullopt : std::optional<std::string>(param);
}

BulkRecord recordOf(std::uint64_t line, const std::string& text) {
  if (text.size() > kLongestLine) {
    return problem(line, "longer than 16 MiB");
  }
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return problem(line, "not JSON");
  }
  try {
    return {json.get<heymilo::CandidateIngestRequest>(), std::nullopt, line};
  } catch (const heymilo::DecodeError& error) {
    return problem(line, error.what(), paramOf(error));
  }
}

}  // namespace

heymilo::workflows::BulkSource ndjsonSource(Input& input) {
  return [&input, number = std::uint64_t{0}]() mutable -> std::optional<BulkRecord> {
    while (const std::optional<std::string> line = input.readLine(kLongestLine)) {
      ++number;
      if (line->find_first_not_of(" \t") != std::string::npos) {
        return recordOf(number, *line);
      }
    }
    return std::nullopt;
  };
}

}  // namespace bulk
