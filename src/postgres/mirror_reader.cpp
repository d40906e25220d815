#include "heymilo/postgres/mirror_reader.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/connection.hpp"
#include "postgres/database.hpp"
#include "postgres/journal_text.hpp"
#include "postgres/mirror_reader_sql.hpp"
#include "postgres/mirror_rows.hpp"
#include "workflows/storage/figures.hpp"

namespace heymilo::postgres {

namespace {

using nlohmann::json;
using std::chrono::microseconds;
using workflows::CandidateFacts;
using workflows::ChangeFacts;
using workflows::FiguresBuilder;
using workflows::FiguresOptions;
using workflows::MirrorFigures;

constexpr std::chrono::milliseconds kReaderLimit{60'000};  // of a statement

StoreError readerError(const std::string& reason) {
  return StoreError("the mirror in PostgreSQL can't be read: " + reason);
}

/// Empty where it is not about rights.
std::string whatToGrant(const StatementError& error) {
  return error.sqlstate() == "42501"
             ? ". The role needs USAGE on the schema heymilo, and SELECT on heymilo.candidates and "
               "heymilo.candidate_history"
             : "";
}

std::optional<double> optionalNumber(const json& value) {
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::optional<std::string> optionalText(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

class PostgresMirrorReader final : public workflows::MirrorReader {
 public:
  explicit PostgresMirrorReader(std::string url) : connection_(std::move(url)) {}

  std::vector<std::string> postings() override {
    return carryOut([this] {
      learnRights();
      const Rows rows = connection_.run(postingsSql(rights_), {}, kReaderLimit);
      std::vector<std::string> postings;
      for (std::size_t at = 0; at < rows.size(); ++at) {
        postings.push_back(plainText(rows.text(at, 0)));
      }
      return postings;
    });
  }

  MirrorFigures figures(const std::string& posting_id, const FiguresOptions& options) override {
    return carryOut([&] {
      learnRights();
      const Rows rows = connection_.run(
          figuresSql(rights_, options.personal_data).c_str(),
          {Value(storedText(posting_id)), std::to_string(microseconds(workflows::kRecent).count())},
          kReaderLimit);
      FiguresBuilder builder(options);
      builder.figures.posting_id = posting_id;
      for (std::size_t at = 0; at < rows.size(); ++at) {
        take(json::parse(rows.text(at, 0)), builder);
      }
      return builder.finish();
    });
  }

 private:
  /// Throws StoreError where an operation can't be carried out, or a response is something else.
  template <typename Operation>
  auto carryOut(const Operation& operation) -> decltype(operation()) {
    try {
      return operation();
    } catch (const StatementError& error) {
      throw readerError(isMissing(error) ? "there is no mirror in this database"
                                         : error.what() + whatToGrant(error));
    } catch (const json::exception&) {
      throw readerError("its tables have something else than a mirror");
    } catch (const std::out_of_range&) {
      throw readerError("its tables are of another version");
    }
  }

  void learnRights() {
    if (connection_.run(kFindMirror, {}, kReaderLimit).number(0, 0) == 0) {
      throw readerError("there is no mirror in this database");
    }
    const Rows rows = connection_.run(kRights, {}, kReaderLimit);
    rights_.state = rows.number(0, 0) != 0;
    rights_.tombstones = rows.number(0, 1) != 0;
    rights_.walks = rows.number(0, 2) != 0;
  }

  static void take(json row, FiguresBuilder& builder) {
    const auto& kind = row.at(0).get_ref<const std::string&>();
    if (kind == "candidate") {
      builder.add(candidateOf(row));
    } else if (kind == "change") {
      builder.add(changeOf(row));
    } else if (kind == "counts") {
      builder.figures.gone = row.at(1).get<std::uint64_t>();
      builder.figures.read_at = momentOf(row.at(2));
    } else if (kind == "state") {
      builder.figures.complete_until = momentOf(row.at(1));
      builder.figures.unfinished = row.at(2).get<bool>();
      builder.figures.filled =
          row.at(3).is_null() ? std::nullopt : std::optional(row.at(3).get<bool>());
    } else if (kind == "erased") {
      builder.figures.erased = row.at(1).get<std::uint64_t>();
    }
  }

  static CandidateFacts candidateOf(json& row) {
    CandidateFacts facts;
    facts.status = row.at(1).get<std::string>();
    facts.score = optionalNumber(row.at(2));
    facts.shortlisted = row.at(3).get<bool>();
    facts.dismissed = row.at(4).get<bool>();
    facts.created_at = momentOf(row.at(5));
    facts.interviewed_at = momentOf(row.at(6));
    facts.workflow = std::move(row.at(7));
    facts.seen_completed = momentOf(row.at(8));
    return facts;
  }

  static ChangeFacts changeOf(const json& row) {
    ChangeFacts facts;
    facts.status = row.at(1).get<std::string>();
    facts.step_id = optionalText(row.at(2));
    if (!row.at(3).is_null()) {
      facts.step_order = row.at(3).get<std::int64_t>();
    }
    facts.at = momentOf(row.at(4)).value_or(Timestamp());
    facts.score = optionalNumber(row.at(5));
    facts.name = row.at(6).get<std::string>();
    return facts;
  }

  Connection connection_;
  ReaderRights rights_{};
};

}  // namespace

std::shared_ptr<workflows::MirrorReader> mirrorReader(std::string url) {
  requireUrl(url, "mirror");
  return std::make_shared<PostgresMirrorReader>(std::move(url));
}

}  // namespace heymilo::postgres
