#include "support/csv.hpp"

namespace support {

namespace {

void appendField(std::string& record, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
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

std::string csvRecord(const std::vector<std::string>& fields) {
  std::string record;
  const char* separator = "";
  for (const std::string& field : fields) {
    record += separator;
    appendField(record, field);
    separator = ",";
  }
  // A record of one empty field would otherwise be an empty line, which readers pass over.
  return (fields.size() == 1 && record.empty() ? "\"\"" : record) + "\r\n";
}

}  // namespace support
