#include "bulk/csv_rows.hpp"

#include <utility>

#include "support/program.hpp"

namespace bulk {

namespace {

constexpr std::size_t kLongestRow = std::size_t{16} << 20;
constexpr std::size_t kMostCells = 100'000;
constexpr std::size_t kPiece = std::size_t{64} << 10;

bool isBlank(const CsvRow& row) {
  return row.cells.size() == 1 && row.cells[0].find_first_not_of(" \t") == std::string::npos;
}

}  // namespace

void CsvRows::fail(std::uint64_t line, const std::string& why) {
  refused_ =
      (rows_ == 0 ? "the first row" : "record " + std::to_string(rows_)) + " (line " +
      std::to_string(line) + "): " + why +
      "\nThe row is not sent, and the rows after it are not read. Correct the file (RFC 4180): "
      "put a cell with a comma, a quotation mark or a line break in quotation marks, "
      "and "
      "double those within it.";
  throw support::UsageError(refused_);
}

void CsvRows::refuse(const CsvRow& row, const std::string& why) {
  --rows_;
  fail(row.line, why);
}

int CsvRows::peek() {
  if (at_ == piece_.size() && !ended_) {
    piece_ = input_.read(kPiece);
    at_ = 0;
    ended_ = piece_.empty();
  }
  return at_ < piece_.size() ? static_cast<unsigned char>(piece_[at_]) : kEnd;
}

int CsvRows::take() {
  const int c = peek();
  if (c != kEnd) {
    ++at_;
    line_ += c == '\n' ? 1 : 0;
    if (++row_size_ > kLongestRow) {
      fail(row_line_, "it is longer than 16 MiB: is a quotation mark missing?");
    }
  }
  return c;
}

std::optional<CsvRow> CsvRows::next() {
  if (!refused_.empty()) {
    throw support::UsageError(refused_);
  }
  while (peek() != kEnd) {
    CsvRow row;
    row.line = row_line_ = line_;
    row_size_ = 0;
    const bool quoted = peek() == '"';
    readRow(row);
    if (quoted || !isBlank(row)) {
      ++rows_;
      return row;
    }
  }
  return std::nullopt;
}

void CsvRows::readRow(CsvRow& row) {
  while (true) {
    std::string cell;
    if (peek() == '"') {
      readQuoted(cell);
    } else {
      readPlain(cell);
    }
    row.cells.push_back(std::move(cell));
    if (row.cells.size() > kMostCells) {
      fail(row.line, "it has more than 100,000 cells.");
    }
    const int end = take();
    if (end == '\r' && take() != '\n') {
      fail(row.line,
           "carriage return without a line feed: lines must end with both, or with a line "
           "feed alone.");
    }
    if (end != ',') {
      return;
    }
  }
}

void CsvRows::readQuoted(std::string& cell) {
  const std::uint64_t line = line_;
  const auto fail_here = [&](const char* why) {
    fail(row_line_,
         (line == row_line_ ? ""
                            : "in the cell that begins in line " + std::to_string(line) + ", ") +
             std::string(why));
  };
  take();
  while (true) {
    const int c = take();
    if (c == kEnd) {
      fail_here("unclosed quotation mark.");
    }
    if (c == '"') {
      const int after = peek();
      if (after != '"') {
        if (after != ',' && after != '\n' && after != '\r' && after != kEnd) {
          fail_here("text after the closing quotation mark of a cell: is one missing?");
        }
        return;
      }
      take();
    }
    cell += static_cast<char>(c);
  }
}

void CsvRows::readPlain(std::string& cell) {
  for (int c = peek(); c != ',' && c != '\n' && c != '\r' && c != kEnd; c = peek()) {
    if (c == '"') {
      fail(row_line_,
           "quotation mark within a cell that does not begin with one: is one "
           "missing?");
    }
    cell += static_cast<char>(take());
  }
}

}  // namespace bulk
