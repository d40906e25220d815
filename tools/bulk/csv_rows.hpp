#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bulk/input.hpp"

namespace bulk {

/// A row, and the line of the file in which it begins, from 1.
struct CsvRow {
  std::vector<std::string> cells{};
  std::uint64_t line = 1;
};

/// The rows of a CSV file in sequence, strictly by RFC 4180: ambiguous rows are refused and not
/// guessed, since a missing quotation mark would merge several people into one. Beyond the RFC a
/// row may end with LF alone, and blank lines are ignored. Spaces are part of a cell. A row is
/// limited to 16 MiB.
///
/// No library: libcsv, rapidcsv and csv-parser accept misplaced quotation marks, treat a lone CR as
/// the end of a row, or do not report the line in which a row begins.
class CsvRows {
 public:
  /// `input` must outlive the object.
  explicit CsvRows(Input& input) : input_(input) {}

  /// Empty at the end. Throws support::UsageError, which names the row and its line and quotes
  /// nothing of it: for a misplaced or missing quotation mark, a CR without LF, and a row that is
  /// too long. Each later call throws, too: the beginning of the next row is unknown.
  std::optional<CsvRow> next();

  /// Throws the same error for the last returned row: its cells are not reliable.
  [[noreturn]] void refuse(const CsvRow& row, const std::string& why);

 private:
  static constexpr int kEnd = -1;

  [[noreturn]] void fail(std::uint64_t line, const std::string& why);
  int peek();
  int take();
  void readRow(CsvRow& row);
  void readQuoted(std::string& cell);
  void readPlain(std::string& cell);

  Input& input_;
  std::string piece_;
  std::size_t at_ = 0;  // in piece_
  bool ended_ = false;
  std::string refused_;       // the reason, after a refused row
  std::uint64_t line_ = 1;    // of the next byte
  std::uint64_t rows_ = 0;    // that were returned
  std::size_t row_size_ = 0;  // of the current row, in bytes
  std::uint64_t row_line_ = 1;
};

}  // namespace bulk
