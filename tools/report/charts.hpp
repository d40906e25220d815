#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

/// The drawings. Lengths are in percent, so that a drawing fits any width and its text keeps its
/// size, without a script. Each has a title and a description for those who can't see it.
namespace report {

/// A square in the colour of a kind, for a legend.
std::string key(const std::string& kind);
/// The kinds and their escaped names.
std::string legend(const std::vector<std::pair<std::string, std::string>>& kinds);

/// A part of a bar. `kind` is a class of the style sheet: `main`, `done`, `out`, `wait`, ….
struct Part {
  std::string kind{};
  double share = 0;  ///< 0 to 1, of the whole width
};

/// A horizontal bar: its parts from left to right. A part that is not 0 is visible.
std::string bar(const std::string& title, const std::string& description,
                const std::vector<Part>& parts);

/// A horizontal bar whose second part begins where the first one does, and lies on it.
std::string layeredBar(const std::string& title, const std::string& description, const Part& back,
                       const Part& front);

/// A group of columns that stand next to each other, above a label.
struct Columns {
  std::string label{};            ///< escaped; may be empty
  bool wide_only = false;         ///< the label is left out where there is little room
  std::vector<double> heights{};  ///< one for each kind
  std::string note{};             ///< escaped, above the columns; may be empty
};

/// What columnChart() draws.
struct ColumnChart {
  std::string title{}, description{};  ///< escaped
  std::vector<std::string> kinds{};    ///< of the columns of a group: classes of the style sheet
  std::vector<Columns> groups{};
  /// Escaped. Below the axis, at equal distances, from its start to its end.
  std::vector<std::string> ticks{};
};

std::string columnChart(const ColumnChart& chart);

/// `<figure>` with a table of the drawn values, which is closed at first.
std::string withTable(const std::string& drawing, const std::vector<std::string>& head,
                      const std::vector<std::vector<std::string>>& rows,
                      std::size_t text_columns = 1);

/// A table. The first `text_columns` columns are text, and the others numbers. The content is
/// escaped. `kind`: its class, or empty.
std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows, std::size_t text_columns = 1,
                  const std::string& kind = {});

}  // namespace report
