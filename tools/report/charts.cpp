#include "report/charts.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "report/markup.hpp"

namespace report {

namespace {

constexpr double kAll = 100;  // percent

std::string share(double part) { return decimal(part * kAll, 3) + '%'; }

std::string attribute(const std::string& name, const std::string& value) {
  return ' ' + name + "=\"" + value + '"';
}

/// An attribute without an id, as a page has any number of drawings.
std::string opening(const std::string& kind, const std::string& title,
                    const std::string& description) {
  return "<svg" + attribute("class", kind) + attribute("role", "img") +
         attribute("aria-label", title + ". " + description) +
         attribute("xmlns", "http://www.w3.org/2000/svg") + '>' + element("title", "", title) +
         element("desc", "", description);
}

std::string rectangle(const std::string& kind, double begin, double length, double top,
                      double height) {
  return "<rect" + attribute("class", kind) + attribute("x", share(begin)) +
         attribute("y", decimal(top, 2)) + attribute("width", share(length)) +
         attribute("height", decimal(height, 2)) + "/>";
}

std::string text(const std::string& kind, double at, double base, const std::string& content,
                 const std::string& more = {}) {
  return element("text",
                 attribute("class", kind) + attribute("x", share(at)) +
                     attribute("y", decimal(base, 1)) + more,
                 content);
}

std::string line(const std::string& kind, double x1, double y1, double x2, double y2) {
  return "<line" + attribute("class", kind) + attribute("x1", share(x1)) +
         attribute("y1", decimal(y1, 2)) + attribute("x2", share(x2)) +
         attribute("y2", decimal(y2, 2)) + "/>";
}

constexpr double kBarHeight = 14;  // pixels, as in the style sheet
constexpr double kLeast = 0.012;   // of the width, so that one among thousands is seen

double visible(double part) { return part > 0 ? std::max(part, kLeast) : 0; }

/// A round number of about a quarter of the highest value.
double stepBelow(double highest) {
  const double rough = std::max(highest / 4, 1.0);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) {
      return factor * power;
    }
  }
  return 10 * power;
}

// Of a column chart, in pixels.
constexpr double kTop = 18;
constexpr double kBase = 178;
constexpr double kLabels = 196;

}  // namespace

std::string key(const std::string& kind) {
  return "<svg class=\"key\" aria-hidden=\"true\" xmlns=\"http://www.w3.org/2000/svg\">"
         "<rect class=\"" +
         kind + "\" width=\"12\" height=\"12\" rx=\"2\"/></svg>";
}

std::string legend(const std::vector<std::pair<std::string, std::string>>& kinds) {
  std::string items;
  for (const auto& [kind, name] : kinds) {
    items += element("li", "", key(kind) + name);
  }
  return element("ul", " class=\"legend\"", items);
}

std::string bar(const std::string& title, const std::string& description,
                const std::vector<Part>& parts) {
  std::string drawing = opening("bar", title, description);
  drawing += rectangle("track", 0, 1, 0, kBarHeight);
  double at = 0;
  for (const Part& part : parts) {
    const double length = std::min(visible(part.share), 1 - at);
    if (length > 0) {
      drawing += rectangle(part.kind, at, length, 0, kBarHeight);
      at += length;
    }
  }
  return drawing + "</svg>";
}

std::string layeredBar(const std::string& title, const std::string& description, const Part& back,
                       const Part& front) {
  constexpr double kInset = 3;
  return opening("bar", title, description) + rectangle("track", 0, 1, 0, kBarHeight) +
         rectangle(back.kind, 0, visible(back.share), kInset, kBarHeight - 2 * kInset) +
         rectangle(front.kind, 0, visible(front.share), 0, kBarHeight) + "</svg>";
}

std::string columnChart(const ColumnChart& chart) {
  double highest = 1;
  for (const Columns& group : chart.groups) {
    for (const double height : group.heights) {
      highest = std::max(highest, height);
    }
  }
  const double step = stepBelow(highest);
  const double most = std::ceil(highest / step) * step;
  const auto topOf = [&](double value) { return kBase - (kBase - kTop) * value / most; };

  std::string drawing = opening("columns", chart.title, chart.description);
  for (double value = step; value <= most; value += step) {
    drawing += line("grid", 0, topOf(value), 1, topOf(value));
    drawing += text("value",
                    0,
                    topOf(value) + 4,
                    number(static_cast<std::uint64_t>(value)),
                    attribute("dx", "-8"));
  }
  drawing += text("value", 0, kBase + 4, "0", attribute("dx", "-8"));

  const double room = 1 / static_cast<double>(std::max<std::size_t>(chart.groups.size(), 1));
  constexpr double kGap = 0.2;  // of the room
  const double width = room * (1 - kGap) / static_cast<double>(chart.kinds.size());
  for (std::size_t at = 0; at < chart.groups.size(); ++at) {
    const Columns& group = chart.groups[at];
    const double left = room * (static_cast<double>(at) + kGap / 2);
    const double middle = room * (static_cast<double>(at) + 0.5);
    double top = kBase;
    for (std::size_t kind = 0; kind < chart.kinds.size(); ++kind) {
      if (group.heights[kind] > 0) {
        const double height = std::max(kBase - topOf(group.heights[kind]), 1.0);
        top = std::min(top, kBase - height);
        drawing += rectangle(chart.kinds[kind],
                             left + width * static_cast<double>(kind),
                             width,
                             kBase - height,
                             height);
      }
    }
    if (!group.note.empty()) {
      // A longer one would touch the next one where there is little room.
      constexpr double kShort = 1000;
      const bool wide_only = group.heights.front() >= kShort;
      drawing += text(wide_only ? "note wide" : "note", middle, top - 4, group.note);
    }
    if (!group.label.empty()) {
      drawing += text(group.wide_only ? "label wide" : "label", middle, kLabels, group.label);
    }
  }
  drawing += line("axis", 0, kBase, 1, kBase);
  for (std::size_t at = 0; at < chart.ticks.size(); ++at) {
    const double place = static_cast<double>(at) /
                         static_cast<double>(std::max<std::size_t>(chart.ticks.size(), 2) - 1);
    drawing += text("label", place, kLabels, chart.ticks[at]);
  }
  return drawing + "</svg>";
}

std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows, std::size_t text_columns,
                  const std::string& kind) {
  const auto number_at = [&](std::size_t at) {
    return at < text_columns ? std::string() : attribute("class", "n");
  };
  std::string cells;
  for (std::size_t at = 0; at < head.size(); ++at) {
    cells += element("th", attribute("scope", "col") + number_at(at), head[at]);
  }
  std::string body;
  for (const std::vector<std::string>& row : rows) {
    std::string of_row;
    for (std::size_t at = 0; at < row.size(); ++at) {
      of_row += at == 0 ? element("th", attribute("scope", "row"), row[at])
                        : element("td", number_at(at), row[at]);
    }
    body += element("tr", "", of_row) + '\n';
  }
  return element(
      "div",
      attribute("class", "scroll"),
      element("table",
              kind.empty() ? std::string() : attribute("class", kind),
              element("thead", "", element("tr", "", cells)) + element("tbody", "", body)));
}

std::string withTable(const std::string& drawing, const std::vector<std::string>& head,
                      const std::vector<std::vector<std::string>>& rows, std::size_t text_columns) {
  const std::string numbers = table(head, rows, text_columns);
  return element(
      "figure", "", drawing + element("details", "", element("summary", "", "Numbers") + numbers));
}

}  // namespace report
