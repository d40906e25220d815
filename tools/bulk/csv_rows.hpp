#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bulk/input.hpp"

namespace bulk {

/// A row, and the line of the file at which it begins, from 1.
struct CsvRow {
  std::vector<std::string> cells{};
  std::uint64_t line = 1;
};

/// The rows of a CSV file, one after the other, strictly by RFC 4180: what is in doubt is refused
/// and not guessed, since a missing quotation mark would make one person out of several. Beyond the
/// RFC a row may end with LF alone, and blank lines are passed over. Spaces are part of a cell. A
/// row takes 16 MiB at most.
///
/// No library: those that were looked at (libcsv, rapidcsv, csv-parser) let quotation marks through
/// that are in the wrong place, take a lone CR for the end of a row, or do not say in which line of
/// the file a row begins.
class CsvRows {
 public:
  /// `input` must live as long as this.
  explicit CsvRows(Input& input) : input_(input) {}

  /// Nothing at the end. Throws support::UsageError, which names the row and its line and quotes
  /// nothing of it: for a quotation mark in the wrong place, or a missing one, a CR without LF, and
  /// a row that is too long. So does each call after that: where rows begin is not known then.
  std::optional<CsvRow> next();

  /// The same for the row that was handed out last: its cells can't be trusted.
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
  std::string refused_;       // why, where a row was
  std::uint64_t line_ = 1;    // of what is read next
  std::uint64_t rows_ = 0;    // that were handed out
  std::size_t row_size_ = 0;  // of the one that is being read, in bytes
  std::uint64_t row_line_ = 1;
};

}  // namespace bulk
