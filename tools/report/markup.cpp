#include "report/markup.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <ratio>

#include "base/calendar.hpp"
#include "support/printable.hpp"

namespace report {

namespace {

constexpr const char* kNarrowSpace = "\u202F";

constexpr std::array kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<heymilo::CalendarTime> calendarOf(heymilo::Timestamp moment) {
  return heymilo::toCalendarTime(std::chrono::floor<std::chrono::seconds>(moment));
}

std::string monthName(const heymilo::CalendarTime& time) {
  return kMonths.at(static_cast<std::size_t>(time.month - 1));
}

std::string twoDigits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// Of valid UTF-8.
std::string cut(const std::string& text) {
  constexpr std::size_t kMost = 160;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && ++characters > kMost) {
      return text.substr(0, at) + "\u2026";
    }
  }
  return text;
}

/// U+FFFE and U+FFFF are UTF-8, and not in XML.
bool isNoncharacter(std::string_view text, std::size_t at) {
  return text.compare(at, 3, "\xEF\xBF\xBE") == 0 || text.compare(at, 3, "\xEF\xBF\xBF") == 0;
}

constexpr const char* kOutside = "a time outside the calendar";

}  // namespace

std::string escaped(std::string_view text) {
  const std::string visible = cut(support::printable(text));
  std::string result;
  for (std::size_t at = 0; at < visible.size(); ++at) {
    switch (visible[at]) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        if (isNoncharacter(visible, at)) {
          result += "\uFFFD";
          at += 2;
        } else {
          result += visible[at];
        }
    }
  }
  return result;
}

std::string number(std::uint64_t value) {
  constexpr std::size_t kGroup = 3;
  const std::string digits = std::to_string(value);
  std::string result;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (at != 0 && (digits.size() - at) % kGroup == 0) {
      result += kNarrowSpace;
    }
    result += digits[at];
  }
  return result;
}

std::string decimal(double value, int digits) {
  const auto scale = static_cast<long long>(std::llround(std::pow(10, digits)));
  const long long scaled = std::llround(std::abs(value) * static_cast<double>(scale));
  std::string text = std::to_string(scaled / scale);
  std::string part = std::to_string(scale + scaled % scale).substr(1);
  part.erase(part.find_last_not_of('0') + 1);
  text += part.empty() ? "" : "." + part;
  return (value < 0 && scaled != 0 ? "-" : "") + text;
}

std::string percent(std::uint64_t part, std::uint64_t all) {
  if (all == 0) {
    return "\u2013";
  }
  constexpr double kPercent = 100;
  const double share = kPercent * static_cast<double>(part) / static_cast<double>(all);
  const long long rounded = std::llround(share);
  if (rounded == 0 && part != 0) {
    return "&lt;1%";
  }
  if (rounded == 100 && part != all) {
    return part < all ? "&gt;99%" : "100%";
  }
  return std::to_string(rounded) + '%';
}

std::string counted(std::uint64_t value, const std::string& what) {
  return number(value) + ' ' + what + (value == 1 ? "" : "s");
}

std::string timeOf(heymilo::Timestamp moment) {
  const auto time = calendarOf(moment);
  if (!time) {
    return kOutside;
  }
  const std::string iso =
      heymilo::formatTimestamp(std::chrono::floor<std::chrono::seconds>(moment));
  return element(
      "time",
      " datetime=\"" + iso + '"',
      dateOf(moment) + ", " + twoDigits(time->hour) + ':' + twoDigits(time->minute) + " UTC");
}

std::string dayOf(heymilo::Timestamp moment) {
  const auto time = calendarOf(moment);
  return time ? std::to_string(time->day) + "\u00A0" + monthName(*time) : kOutside;
}

std::string dateOf(heymilo::Timestamp moment) {
  const auto time = calendarOf(moment);
  return time ? dayOf(moment) + "\u00A0" + std::to_string(time->year) : kOutside;
}

std::string monthOf(heymilo::Timestamp moment) {
  const auto time = calendarOf(moment);
  return time ? monthName(*time) + "\u00A0" + std::to_string(time->year) : kOutside;
}

std::string durationOf(std::chrono::microseconds time) {
  using Seconds = std::chrono::duration<double>;
  using Minutes = std::chrono::duration<double, std::ratio<60>>;
  using Hours = std::chrono::duration<double, std::ratio<3600>>;
  using Days = std::chrono::duration<double, std::ratio<86'400>>;
  const auto text = [](double value, const char* unit) {
    constexpr double kLong = 9.95;
    return decimal(value, value < kLong ? 1 : 0) + "\u00A0" + unit;
  };
  if (time < std::chrono::seconds{90}) {
    return text(std::round(Seconds(time).count()), "s");
  }
  if (time < std::chrono::minutes{90}) {
    return text(std::round(Minutes(time).count()), "min");
  }
  if (time < std::chrono::hours{48}) {
    return text(Hours(time).count(), "h");
  }
  return text(Days(time).count(), "days");
}

std::string element(const std::string& name, const std::string& attributes,
                    const std::string& content) {
  return '<' + name + attributes + '>' + content + "</" + name + '>';
}

}  // namespace report
