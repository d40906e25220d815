#include "support/screen.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace heymilo_test {

namespace {

std::size_t sizeOfSign(unsigned char first) {
  return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

/// Sufficient for the characters that tests use: ideographs are wide.
std::size_t widthOfSign(std::string_view sign) {
  return sign.size() == 3 && sign >= "\u3000" && sign <= "\uFF60" ? 2 : 1;
}

}  // namespace

Screen::Screen(std::size_t width, Resize resize) : width_(width), resize_(resize) {}

void Screen::write(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at];
    if (c == '\r') {
      column_ = 0;
      ++at;
    } else if (c == '\n') {
      lineFeed();
      ++at;
    } else if (c == '\x1B') {
      const std::size_t end = bytes.find_first_of("ABCDEFGHJKhlm", at + 1);
      sequence(std::string(bytes.substr(at + 1, end - at)));
      at = end == std::string_view::npos ? bytes.size() : end + 1;
    } else {
      const std::size_t size = sizeOfSign(static_cast<unsigned char>(c));
      const std::string sign(bytes.substr(at, size));
      put(sign, widthOfSign(sign));
      at += size;
    }
  }
}

void Screen::sequence(const std::string& text) {
  Row& row = rows_[row_];
  if (text == "[K" || text == "[J") {
    if (row.cells.size() > column_) {
      row.cells.resize(column_);
    }
    row.goes_on = false;
    if (text == "[J") {
      rows_.resize(row_ + 1);
    }
  } else if (text == "[?7l" || text == "[?7h") {
    wraps_ = text.back() == 'h';
  } else {
    unheard_of_ += text;
  }
}

void Screen::lineFeed() {
  ++row_;
  if (row_ == rows_.size()) {
    rows_.emplace_back();
  }
}

void Screen::put(const std::string& sign, std::size_t width) {
  if (column_ + width > width_) {
    if (!wraps_) {
      column_ = width_ - width;
    } else {
      rows_[row_].goes_on = true;
      lineFeed();
      column_ = 0;
    }
  }
  std::vector<std::string>& cells = rows_[row_].cells;
  if (cells.size() < column_ + width) {
    cells.resize(column_ + width, " ");
  }
  cells[column_] = sign;
  if (width == 2) {
    cells[column_ + 1].clear();
  }
  column_ += width;
}

void Screen::resize(std::size_t width) {
  if (resize_ == Resize::wraps_anew) {
    wrapAnew(width);
  } else {
    for (Row& row : rows_) {
      if (row.cells.size() > width) {
        row.cells.resize(width);
      }
      row.goes_on = false;
    }
  }
  width_ = width;
  column_ = std::min(column_, width - 1);
}

void Screen::wrapAnew(std::size_t width) {
  std::vector<Row> wrapped;
  std::size_t cursor_row = 0;
  std::size_t cursor_column = 0;
  for (std::size_t first = 0; first < rows_.size();) {
    std::vector<std::string> line;
    std::size_t cursor = std::string::npos;  // within the line
    std::size_t last = first;
    for (;; ++last) {
      if (last == row_) {
        cursor = line.size() + column_;
      }
      line.insert(line.end(), rows_[last].cells.begin(), rows_[last].cells.end());
      if (!rows_[last].goes_on || last + 1 == rows_.size()) {
        break;
      }
    }
    std::size_t at = 0;
    do {
      std::size_t end = std::min(line.size(), at + width);
      if (end < line.size() && line[end].empty()) {
        --end;  // a wide sign is not divided
      }
      if (cursor != std::string::npos && cursor >= at && (cursor < end || end == line.size())) {
        cursor_row = wrapped.size();
        cursor_column = cursor - at;
      }
      const auto from = line.begin();
      wrapped.push_back(
          {{from + static_cast<std::ptrdiff_t>(at), from + static_cast<std::ptrdiff_t>(end)},
           end < line.size()});
      at = end;
    } while (at < line.size());
    first = last + 1;
  }
  rows_ = std::move(wrapped);
  row_ = cursor_row;
  column_ = cursor_column;
}

std::vector<std::string> Screen::rows() const {
  std::vector<std::string> texts;
  for (const Row& row : rows_) {
    std::string text;
    for (const std::string& cell : row.cells) {
      text += cell;
    }
    texts.push_back(text.substr(0, text.find_last_not_of(' ') + 1));
  }
  while (!texts.empty() && texts.back().empty()) {
    texts.pop_back();
  }
  return texts;
}

}  // namespace heymilo_test
