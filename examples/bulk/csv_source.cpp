#include "bulk/csv_source.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bulk/csv_rows.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/utf8.hpp"

namespace bulk {

namespace {

using heymilo::APIErrorDetail;
using heymilo::CandidateIngestRequest;
using heymilo::workflows::BulkRecord;
using support::UsageError;

/// Where the cells of a column go.
struct Column {
  enum class Kind { name, email, phone_number, metadata, data } kind;
  std::string key{};  // of metadata and data

  void put(std::string cell, CandidateIngestRequest& request) const {
    switch (kind) {
      case Kind::name:
        request.name = std::move(cell);
        return;
      case Kind::email:
        request.email = std::move(cell);
        return;
      case Kind::phone_number:
        if (!cell.empty()) {
          request.phone_number = std::move(cell);
        }
        return;
      case Kind::metadata:
        if (!cell.empty()) {
          if (!request.metadata) {
            request.metadata.emplace();
          }
          (*request.metadata)[key] = std::move(cell);
        }
        return;
      case Kind::data:
        if (!cell.empty()) {
          if (!request.data) {
            request.data = nlohmann::json::object();
          }
          (*request.data)[key] = std::move(cell);
        }
        return;
    }
  }
};

constexpr const char* kKnownColumns =
    "The first row names the columns, with commas between: name, email, phone_number, "
    "metadata.KEY, "
    "data.KEY";

Column columnOf(const std::string& heading) {
  const auto keyAfter = [&](const std::string& prefix) {
    return heading.compare(0, prefix.size(), prefix) == 0 && heading.size() > prefix.size()
               ? heading.substr(prefix.size())
               : std::string();
  };
  if (heading == "name") {
    return {Column::Kind::name};
  }
  if (heading == "email") {
    return {Column::Kind::email};
  }
  if (heading == "phone_number") {
    return {Column::Kind::phone_number};
  }
  if (const std::string key = keyAfter("metadata."); !key.empty()) {
    return {Column::Kind::metadata, key};
  }
  if (const std::string key = keyAfter("data."); !key.empty()) {
    return {Column::Kind::data, key};
  }
  throw UsageError("there is no use for a column \"" + support::printable(heading) + "\".\n" +
                   kKnownColumns + ". Spaces are part of a name.");
}

struct Columns {
  std::vector<std::string> headings;
  std::vector<Column> columns;
  std::size_t email = 0;  // which of them
};

Columns columnsOf(std::vector<std::string> headings) {
  Columns columns;
  if (std::none_of(headings.begin(), headings.end(), [](const std::string& heading) {
        return heading == "name" || heading == "email";
      })) {
    // Not quoted: it may be the first person.
    throw UsageError(
        std::string("the first row of the CSV has no column \"name\" or \"email\".\n") +
        kKnownColumns);
  }
  for (const std::string& heading : headings) {
    if (std::count(headings.begin(), headings.end(), heading) > 1) {
      throw UsageError("the column \"" + support::printable(heading) + "\" is there twice");
    }
    columns.columns.push_back(columnOf(heading));
  }
  for (const char* required : {"name", "email"}) {
    if (std::count(headings.begin(), headings.end(), required) == 0) {
      throw UsageError(std::string("there is no column \"") + required + "\".\n" + kKnownColumns);
    }
  }
  columns.email = static_cast<std::size_t>(std::find(headings.begin(), headings.end(), "email") -
                                           headings.begin());
  columns.headings = std::move(headings);
  return columns;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

bool looksLikeAnAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at != 0 && at + 1 < text.size() &&
         text.find_first_of(" \t") == std::string_view::npos;
}

/// Whether a cell looks like several rows, of which the first lacks its closing quotation mark and
/// the last its opening one: then the grammar sees nothing wrong. Such a cell begins with the rest
/// of the first row and ends with the beginning of the last, commas and addresses included.
bool holdsRows(std::string_view cell, std::size_t column, const Columns& columns) {
  if (cell.find('\n') == std::string_view::npos || cell.find(',') == std::string_view::npos) {
    return false;
  }
  if (columns.columns[column].kind <= Column::Kind::phone_number) {
    return true;  // no other way to have both is known
  }
  const std::size_t count = columns.columns.size();
  const std::vector<std::string_view> lines = split(cell, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    const std::vector<std::string_view> cells = split(line, ',');
    const bool first = i == 0;
    const bool last = i + 1 == lines.size();
    const std::size_t from_end = count - columns.email;  // 1: the last
    if (first && columns.email > column && cells.size() >= count - column &&
        looksLikeAnAddress(cells[cells.size() - from_end])) {
      return true;
    }
    if (last && columns.email < column && cells.size() >= column + 1 &&
        looksLikeAnAddress(cells[columns.email])) {
      return true;
    }
    if (!first && !last && cells.size() == count && looksLikeAnAddress(cells[columns.email])) {
      return true;
    }
  }
  return false;
}

bool isUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const support::CodePoint c = support::decodeCodePoint(text, at);
    if (c.value == support::kReplacementCharacter && c.size == 1) {
      return false;
    }
    at += c.size;
  }
  return true;
}

std::string counted(std::size_t number, const char* what) {
  return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
}

/// What is wrong with a row that is one by its quotation marks; empty for nothing.
std::string problemOf(const std::vector<std::string>& cells, const Columns& columns) {
  if (cells.size() != columns.columns.size()) {
    return "it has " + counted(cells.size(), "cell") + ", and there are " +
           counted(columns.columns.size(), "column");
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string which = "the cell \"" + support::printable(columns.headings[i]) + '"';
    if (cells[i].find('\0') != std::string::npos) {
      return which + " has a NUL in it";
    }
    if (!isUtf8(cells[i])) {
      return which + " is not UTF-8";
    }
    const auto kind = columns.columns[i].kind;
    if ((kind == Column::Kind::email || kind == Column::Kind::phone_number) &&
        cells[i].find_first_of("\r\n") != std::string::npos) {
      return which + " has a line break in it";
    }
  }
  return {};
}

}  // namespace

heymilo::workflows::BulkSource csvSource(Input& input) {
  const auto rows = std::make_shared<CsvRows>(input);
  const auto columns =
      std::make_shared<const Columns>(columnsOf(rows->next().value_or(CsvRow()).cells));
  return [rows, columns]() -> std::optional<BulkRecord> {
    std::optional<CsvRow> row = rows->next();
    if (!row) {
      return std::nullopt;
    }
    BulkRecord record;
    record.line = row->line;
    const bool whole = row->cells.size() == columns->columns.size();
    for (std::size_t i = 0; whole && i < row->cells.size(); ++i) {
      if (holdsRows(row->cells[i], i, *columns)) {
        rows->refuse(*row,
                     "the cell \"" + support::printable(columns->headings[i]) +
                         "\" looks like several rows in one: is a quotation mark missing?");
      }
    }
    if (const std::string problem = problemOf(row->cells, *columns); !problem.empty()) {
      record.problem = APIErrorDetail{"invalid_record", problem};
      return record;
    }
    for (std::size_t i = 0; i < row->cells.size(); ++i) {
      columns->columns[i].put(std::move(row->cells[i]), record.request);
    }
    return record;
  };
}

}  // namespace bulk
