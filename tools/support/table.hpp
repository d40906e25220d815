#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace support {

enum class Align { left, right };

/// A column of a table. Widths are columns of a terminal.
struct Column {
  std::string title;
  Align align = Align::left;
  std::size_t min = 1;    ///< a column narrower than this is omitted
  std::size_t ideal = 1;  ///< the maximum width
  int importance = 0;     ///< the least important column is omitted first
  /// The text written for a cell, with the same width: the cell in a colour. Unset: the cell.
  std::function<std::string(const std::string& cell)> painted{};
};

/// Lays rows out as lines of text with aligned columns. The layout depends on the table only, not
/// on the rows: rows can be printed as they come, and take no memory.
class Table {
 public:
  /// With a `width`, no line is wider: columns are narrowed to their `min`, the least important
  /// ones are omitted, and cells that do not fit are cut. Without a width every column has its
  /// `ideal` width and nothing is cut: a longer cell shifts the rest of its row.
  Table(std::vector<Column> columns, std::optional<std::size_t> width);

  /// The titles, as a line including its end.
  std::string header() const;

  /// One row, as a line including its end. A cell for each column, including omitted ones; cells
  /// are made printable().
  std::string row(const std::vector<std::string>& cells) const;

 private:
  struct Shown {
    std::size_t index;
    std::size_t width;
  };

  std::vector<Column> columns_;
  std::vector<Shown> shown_;
  bool cut_;
};

}  // namespace support
