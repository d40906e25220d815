#include "bulk/csv_source.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "bulk/csv_rows.hpp"
#include "support/printable.hpp"
#include "support/program.hpp"

namespace bulk {

namespace {

using heymilo::APIErrorDetail;
using heymilo::CandidateIngestRequest;
using heymilo::workflows::BulkRecord;
using support::UsageError;

/// The property for the cells of a column.
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
    "The first row must contain the column names, separated by commas: name, email, phone_number, "
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
  throw UsageError("unknown column \"" + support::printable(heading) + "\".\n" + kKnownColumns +
                   ". Spaces are part of a name.");
}

struct Columns {
  std::vector<std::string> headings;
  std::vector<Column> columns;
  std::size_t email = 0;  // the columns' indices
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
      throw UsageError("duplicate column \"" + support::printable(heading) + "\"");
    }
    columns.columns.push_back(columnOf(heading));
  }
  for (const char* required : {"name", "email"}) {
    if (std::count(headings.begin(), headings.end(), required) == 0) {
      throw UsageError(std::string("missing column \"") + required + "\".\n" + kKnownColumns);
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

constexpr std::string_view kBlanks = " \t\r";

bool looksLikeAnAddress(std::string_view text) {
  const std::string_view word = heymilo::ascii::trimmed(text, kBlanks);
  const std::size_t at = word.find('@');
  return at != std::string_view::npos && at != 0 && at + 1 < word.size() &&
         word.find_first_of(" \t") == std::string_view::npos;
}

/// The text itself, or a placeholder such as `-` instead of an address.
bool looksLikeNone(std::string_view text) {
  constexpr std::string_view kSigns = "-_.?*/";
  return heymilo::ascii::trimmed(text, kBlanks).find_first_not_of(kSigns) == std::string_view::npos;
}

/// Written by a program, not a sentence: no blank after any comma.
bool isTight(const std::vector<std::string_view>& pieces) {
  return std::none_of(pieces.begin() + 1, pieces.end(), [](std::string_view piece) {
    return !piece.empty() && (piece.front() == ' ' || piece.front() == '\t');
  });
}

/// Whether a line of a cell looks like the part of a row that has its e-mail address at `email` and
/// `count` cells: with an address anywhere in at least `least` pieces, since a name may contain
/// commas as well; or, without an address, with the exact number of pieces and another text instead
/// of the address, or nothing between two commas.
bool looksLikeARow(const std::vector<std::string_view>& pieces, std::size_t email,
                   std::size_t least, std::size_t count) {
  if (pieces.size() >= least && std::any_of(pieces.begin(), pieces.end(), looksLikeAnAddress)) {
    return true;
  }
  if (pieces.size() == least || pieces.size() == count) {
    return looksLikeNone(pieces[email]) || isTight(pieces);
  }
  return pieces.size() > least && std::any_of(pieces.begin() + 1, pieces.end() - 1, looksLikeNone);
}

/// Whether a cell looks like several rows: the first lacks its closing quotation mark and the last
/// its opening one, which is valid CSV. Such a cell begins with the rest of the first row and ends
/// with the beginning of the last, including commas and addresses.
bool holdsRows(std::string_view cell, std::size_t column, const Columns& columns) {
  if (cell.find('\n') == std::string_view::npos || cell.find(',') == std::string_view::npos) {
    return false;
  }
  if (columns.columns[column].kind <= Column::Kind::phone_number) {
    return true;  // no other explanation for both is known
  }
  const std::size_t count = columns.columns.size();
  const std::size_t email = columns.email;
  const std::size_t up_to_here = column + 1;  // the cells of the last row in it, at least
  const std::vector<std::string_view> lines = split(cell, '\n');
  const auto isRow = [&](std::size_t i) {
    const std::vector<std::string_view> pieces = split(lines[i], ',');
    const bool last = i + 1 == lines.size();
    if (i == 0) {
      return email > column && split(lines.back(), ',').size() >= up_to_here &&
             looksLikeARow(pieces, email - column, count - column, count - column);
    }
    if (email < column) {  // may be the last row's, or a whole one
      return looksLikeARow(pieces, email, up_to_here, last ? up_to_here : count);
    }
    return !last && looksLikeARow(pieces, email, count, count);
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (isRow(i)) {
      return true;
    }
  }
  return false;
}

std::string howMany(std::size_t number, const char* what) {
  return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
}

/// The error of a row with valid quotation marks; empty if there is none.
std::string problemOf(const std::vector<std::string>& cells, const Columns& columns) {
  if (cells.size() != columns.columns.size()) {
    return "it has " + howMany(cells.size(), "cell") + ", and there are " +
           howMany(columns.columns.size(), "column");
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string which = "the cell \"" + support::printable(columns.headings[i]) + '"';
    if (cells[i].find('\0') != std::string::npos) {
      return which + " contains a NUL byte";
    }
    if (!heymilo::isUtf8(cells[i])) {
      return which + " is not UTF-8";
    }
    const auto kind = columns.columns[i].kind;
    if ((kind == Column::Kind::email || kind == Column::Kind::phone_number) &&
        cells[i].find_first_of("\r\n") != std::string::npos) {
      return which + " contains a line break";
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
                         "\" looks like several rows in one: is a quotation mark missing? If it is "
                         "one text, "
                         "put it on one line.");
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
