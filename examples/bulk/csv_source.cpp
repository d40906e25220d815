#include "bulk/csv_source.hpp"

#include <csv.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/printable.hpp"
#include "support/program.hpp"

namespace bulk {

namespace {

using heymilo::APIErrorDetail;
using heymilo::CandidateIngestRequest;
using heymilo::workflows::BulkRecord;
using support::UsageError;

using Row = std::vector<std::string>;

constexpr std::size_t kLongestCell = std::size_t{16} << 20;
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr std::size_t kBlock = std::size_t{256} << 10;

extern "C" void* reallocateWithinBounds(void* memory, std::size_t size) {
  return size > kLongestCell ? nullptr : std::realloc(memory, size);
}

extern "C" void takeCell(void* text, std::size_t size, void* row) {
  static_cast<std::pair<Row, std::deque<Row>>*>(row)->first.emplace_back(
      static_cast<const char*>(text), size);
}

extern "C" void endRow(int /*ended_by*/, void* rows) {
  auto& [row, whole] = *static_cast<std::pair<Row, std::deque<Row>>*>(rows);
  whole.push_back(std::move(row));
  row.clear();
}

/// The rows of a file, one after the other.
class Rows {
 public:
  explicit Rows(Input& input) : input_(input) {
    if (csv_init(&parser_, 0) != 0) {
      throw std::bad_alloc();
    }
    csv_set_realloc_func(&parser_, &reallocateWithinBounds);
    csv_set_blk_size(&parser_, kBlock);  // it grows by 128 bytes otherwise
  }
  ~Rows() { csv_free(&parser_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  std::optional<Row> next() {
    while (read_.second.empty() && !ended_) {
      const std::string piece = input_.read(kPiece);
      const std::size_t parsed =
          csv_parse(&parser_, piece.data(), piece.size(), &takeCell, &endRow, &read_);
      ended_ = piece.size() < kPiece;
      if (ended_) {
        // Only for the end: a quotation mark within a cell is let through.
        csv_set_opts(&parser_, CSV_STRICT | CSV_STRICT_FINI);
      }
      if (parsed != piece.size() ||
          (ended_ && csv_fini(&parser_, &takeCell, &endRow, &read_) != 0)) {
        throw UsageError("after row " + std::to_string(count_ + read_.second.size()) +
                         ", a cell has no end: is a quotation mark missing?\n"
                         "Mend that row of the file.");
      }
    }
    if (read_.second.empty()) {
      return std::nullopt;
    }
    Row row = std::move(read_.second.front());
    read_.second.pop_front();
    ++count_;
    return row;
  }

  /// The number of the last row, from 1.
  std::uint64_t count() const noexcept { return count_; }

 private:
  Input& input_;
  csv_parser parser_{};
  std::pair<Row, std::deque<Row>> read_;  // the row that is being read, and those that have been
  bool ended_ = false;
  std::uint64_t count_ = 0;
};

/// Where the cells of a column go.
struct Column {
  enum class Kind { name, email, phone_number, metadata, data } kind;
  std::string key{};  // of metadata and data

  void put(std::string cell, CandidateIngestRequest& request) const {
    switch (kind) {
      case Kind::name:
        request.name = std::move(cell);
        return;
      case Kind::email:
        request.email = std::move(cell);
        return;
      case Kind::phone_number:
        if (!cell.empty()) {
          request.phone_number = std::move(cell);
        }
        return;
      case Kind::metadata:
        if (!cell.empty()) {
          if (!request.metadata) {
            request.metadata.emplace();
          }
          (*request.metadata)[key] = std::move(cell);
        }
        return;
      case Kind::data:
        if (!cell.empty()) {
          if (!request.data) {
            request.data = nlohmann::json::object();
          }
          (*request.data)[key] = std::move(cell);
        }
        return;
    }
  }
};

constexpr const char* kKnownColumns =
    "The first row names the columns, with commas between: name, email, phone_number, "
    "metadata.KEY, "
    "data.KEY";

Column columnOf(const std::string& heading) {
  const auto keyAfter = [&](const std::string& prefix) {
    return heading.compare(0, prefix.size(), prefix) == 0 && heading.size() > prefix.size()
               ? heading.substr(prefix.size())
               : std::string();
  };
  if (heading == "name") {
    return {Column::Kind::name};
  }
  if (heading == "email") {
    return {Column::Kind::email};
  }
  if (heading == "phone_number") {
    return {Column::Kind::phone_number};
  }
  if (const std::string key = keyAfter("metadata."); !key.empty()) {
    return {Column::Kind::metadata, key};
  }
  if (const std::string key = keyAfter("data."); !key.empty()) {
    return {Column::Kind::data, key};
  }
  throw UsageError("there is no use for a column \"" + support::printable(heading) + "\".\n" +
                   kKnownColumns);
}

std::vector<Column> columnsOf(const Row& headings) {
  std::vector<Column> columns;
  if (std::none_of(headings.begin(), headings.end(), [](const std::string& heading) {
        return heading == "name" || heading == "email";
      })) {
    // Not quoted: it may be the first person.
    throw UsageError(
        std::string("the first row of the CSV has no column \"name\" or \"email\".\n") +
        kKnownColumns);
  }
  for (const std::string& heading : headings) {
    if (std::count(headings.begin(), headings.end(), heading) > 1) {
      throw UsageError("the column \"" + support::printable(heading) + "\" is there twice");
    }
    columns.push_back(columnOf(heading));
  }
  for (const char* required : {"name", "email"}) {
    if (std::count(headings.begin(), headings.end(), required) == 0) {
      throw UsageError(std::string("there is no column \"") + required + "\".\n" + kKnownColumns);
    }
  }
  return columns;
}

}  // namespace

heymilo::workflows::BulkSource csvSource(Input& input) {
  const auto rows = std::make_shared<Rows>(input);
  const auto columns =
      std::make_shared<const std::vector<Column>>(columnsOf(rows->next().value_or(Row())));
  return [rows, columns]() -> std::optional<BulkRecord> {
    std::optional<Row> row = rows->next();
    if (!row) {
      return std::nullopt;
    }
    BulkRecord record;
    if (row->size() != columns->size()) {
      record.problem = APIErrorDetail{"invalid_record",
                                      "row " + std::to_string(rows->count()) + ": it has " +
                                          std::to_string(row->size()) + " cells, and there are " +
                                          std::to_string(columns->size()) + " columns"};
      return record;
    }
    for (std::size_t i = 0; i < columns->size(); ++i) {
      (*columns)[i].put(std::move((*row)[i]), record.request);
    }
    return record;
  };
}

}  // namespace bulk
