#pragma once

#include <chrono>
#include <cstdint>
#include <heymilo/models/timestamp.hpp>
#include <string>
#include <string_view>

/// The page of mirror_report: HTML that is also well-formed XML, with SVG in it, and without a
/// script.
namespace report {

/// Text from elsewhere, for the content of an element or an attribute's value in double quotes.
/// What XML does not allow, and characters that change the direction of the text around them, are
/// replaced by visible ones. A text of more than 160 characters is cut.
std::string escaped(std::string_view text);

/// `12 345`, with narrow spaces that do not break.
std::string number(std::uint64_t value);
/// With at most this many digits after the point, without zeros at the end.
std::string decimal(double value, int digits);
/// `61%`; `&lt;1%` and `&gt;99%` for a part that is neither nothing nor all. A dash where `all` is
/// 0.
std::string percent(std::uint64_t part, std::uint64_t all);
/// `1 candidate`, `2 candidates`.
std::string counted(std::uint64_t value, const std::string& what);

/// `27 Nov 2026, 07:10 UTC`, as a `time` element.
std::string timeOf(heymilo::Timestamp moment);
/// `27 Nov`, `27 Nov 2026` and `Nov 2026`; the moment itself for a year outside 1 to 9999.
std::string dayOf(heymilo::Timestamp moment);
std::string dateOf(heymilo::Timestamp moment);
std::string monthOf(heymilo::Timestamp moment);
/// In the unit that fits: `40 s`, `12 min`, `5.2 h`, `3.1 days`.
std::string durationOf(std::chrono::microseconds time);

/// `<name attributes>content</name>`; the attributes begin with a space, or are empty.
std::string element(const std::string& name, const std::string& attributes,
                    const std::string& content);

}  // namespace report
