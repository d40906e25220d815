#pragma once

#include <cstddef>
#include <functional>
#include <heymilo/models.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace support {

/// How a list of candidates is written: text for its head, and for each candidate. Lines have
/// their ends.
struct CandidateFormat {
  std::string header;
  std::function<std::string(const heymilo::CandidateResponse&)> row;
};

/// What a recruiter wants to see at a glance; see Table for `width`. Days are those of UTC.
/// `colored`: the status by what it means.
CandidateFormat candidateTable(std::optional<std::size_t> width, bool colored = false);

/// One candidate a line (NDJSON), complete: properties that this version does not know included.
CandidateFormat candidateJson();

/// For whom CSV is.
struct CsvReader {
  /// A spreadsheet program: withoutFormulas(), and with the byte order mark without which Excel
  /// takes UTF-8 for something else.
  bool spreadsheet = false;
  /// A terminal: printable().
  bool terminal = false;
};

/// RFC 4180, with a header and always the same columns: the candidate's scalar properties, how many
/// steps there are and are completed, and `metadata` as JSON. Times are ISO-8601 in UTC; what is
/// missing is empty. Free text comes after the columns that are likely to be counted or sorted by.
/// Text is exactly what the API sent, unless the reader is one that it could harm.
CandidateFormat candidateCsv(CsvReader reader = {});

}  // namespace support
