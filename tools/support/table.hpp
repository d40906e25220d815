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
  std::size_t min = 1;    ///< narrower than this the column is left out
  std::size_t ideal = 1;  ///< wider than this it never gets
  int importance = 0;     ///< the least important column is left out first
  /// What is written for a cell, in the same width: the cell in a colour. Unset: the cell.
  std::function<std::string(const std::string& cell)> painted{};
};

/// Lays rows out as lines of text whose columns stand under each other. The layout is fixed when
/// the table is made, not by the rows, so that rows can be printed as they come and any number of
/// them takes no memory.
class Table {
 public:
  /// With a `width`, no line is wider: columns are narrowed to their `min`, the least important
  /// ones left out, and cells that do not fit cut. Without one every column is shown at its `ideal`
  /// and nothing is ever cut: a longer cell moves the rest of its row.
  Table(std::vector<Column> columns, std::optional<std::size_t> width);

  /// The titles, as a line with its end.
  std::string header() const;

  /// One row, as a line with its end. A cell for each column, left-out ones included; cells are
  /// made printable().
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
