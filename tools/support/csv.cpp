#include "support/csv.hpp"

namespace support {

namespace {

bool needsQuotes(std::string_view field, CsvQuotes quotes) {
  if (field.find_first_of(",\"\r\n") != std::string_view::npos) {
    return true;
  }
  return quotes == CsvQuotes::for_spreadsheets && !field.empty() &&
         (field.front() == '\'' || field.find_first_of(";\t") != std::string_view::npos);
}

void appendField(std::string& record, std::string_view field, CsvQuotes quotes) {
  if (!needsQuotes(field, quotes)) {
    record += field;
    return;
  }
  record += '"';
  for (const char c : field) {
    if (c == '"') {
      record += '"';
    }
    record += c;
  }
  record += '"';
}

}  // namespace

std::string csvRecord(const std::vector<std::string>& fields, CsvQuotes quotes) {
  std::string record;
  const char* separator = "";
  for (const std::string& field : fields) {
    record += separator;
    appendField(record, field, quotes);
    separator = ",";
  }
  // A record of one empty field would otherwise be an empty line, which readers ignore.
  return (fields.size() == 1 && record.empty() ? "\"\"" : record) + "\r\n";
}

}  // namespace support
