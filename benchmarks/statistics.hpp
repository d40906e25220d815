#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace benchmarks {

/// The median of at least one value; for an even number, the upper middle one.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// A ratio that was measured several times.
struct Spread {
  double median = 0, least = 0, most = 0;
};

inline Spread spreadOf(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return {median(values), *least, *most};
}

/// `1.07 (1.05 to 1.11)`.
inline std::string text(const Spread& spread) {
  char line[64];
  std::snprintf(line, sizeof line, "%.2f (%.2f to %.2f)", spread.median, spread.least, spread.most);
  return line;
}

/// What was measured of two things in turns: their ratios, turn by turn, so that what disturbs a
/// turn disturbs both.
inline Spread ratioOf(const std::vector<double>& values, const std::vector<double>& reference) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < (std::min)(values.size(), reference.size()); ++i) {
    ratios.push_back(values[i] / reference[i]);
  }
  return spreadOf(ratios);
}

/// The medians of so many parts of the values, which keep their order.
inline std::vector<double> partMedians(const std::vector<double>& values, std::size_t parts) {
  parts = (std::min)(parts, values.size());
  std::vector<double> medians;
  for (std::size_t part = 0; part < parts; ++part) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(values.size() * part / parts);
    const auto end =
        values.begin() + static_cast<std::ptrdiff_t>(values.size() * (part + 1) / parts);
    medians.push_back(median(std::vector<double>(begin, end)));
  }
  return medians;
}

}  // namespace benchmarks
