#include "support/table.hpp"

#include <algorithm>
#include <utility>

#include "support/display_width.hpp"
#include "support/printable.hpp"

namespace support {

namespace {

constexpr std::size_t kGap = 2;

}  // namespace

Table::Table(std::vector<Column> columns, std::optional<std::size_t> width)
    : columns_(std::move(columns)), cut_(width.has_value()) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    shown_.push_back({i, cut_ ? columns_[i].min : columns_[i].ideal});
  }
  if (!cut_) {
    return;
  }

  const auto used = [&] {
    std::size_t sum = kGap * (shown_.size() - 1);
    for (const Shown& column : shown_) {
      sum += column.width;
    }
    return sum;
  };
  while (shown_.size() > 1 && used() > *width) {
    shown_.erase(
        std::min_element(shown_.begin(), shown_.end(), [&](const Shown& a, const Shown& b) {
          return columns_[a.index].importance < columns_[b.index].importance;
        }));
  }
  if (used() > *width) {
    shown_.front().width = *width;
  }

  const auto wanted = [&](const Shown& column) {
    const std::size_t ideal = columns_[column.index].ideal;
    return ideal > column.width ? ideal - column.width : 0;
  };
  for (std::size_t spare = *width - used(); spare > 0; --spare) {
    const auto neediest =
        std::max_element(shown_.begin(), shown_.end(), [&](const Shown& a, const Shown& b) {
          return wanted(a) < wanted(b);
        });
    if (wanted(*neediest) == 0) {
      break;
    }
    ++neediest->width;
  }
}

std::string Table::header() const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
  }
  return row(titles);
}

std::string Table::row(const std::vector<std::string>& cells) const {
  std::string line;
  std::size_t padding = 0;  // written before the next text, so that no line ends in blanks
  for (const Shown& column : shown_) {
    std::string cell = printable(cells.at(column.index));
    if (cut_) {
      cell = truncated(cell, column.width);
    }
    const std::size_t width = displayWidth(cell);
    const std::size_t blank = column.width > width ? column.width - width : 0;
    const bool right = columns_[column.index].align == Align::right;
    if (right) {
      padding += blank;
    }
    if (!cell.empty()) {
      line.append(padding, ' ');
      const auto& painted = columns_[column.index].painted;
      line += painted ? painted(cell) : cell;
      padding = 0;
    }
    padding += kGap + (right ? 0 : blank);
  }
  return line + '\n';
}

}  // namespace support
