#include "heymilo/workflows/sqlite_mirror_reader.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "heymilo/errors.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/figures.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {

namespace {

namespace fs = std::filesystem;
using sqlite::Database;
using sqlite::Statement;

constexpr double kMicroseconds = 1e6;
constexpr std::int64_t kNewestFormat = 2;  // of mirror_tables.cpp

// The indices of the columns are those of the statements in figures().
constexpr const char* kCandidates =
    "SELECT status, score, shortlisted, dismissed, created_at, interviewed_at, "
    "CASE WHEN json_valid(document) THEN json_extract(document, '$.workflow') END, (SELECT "
    "min(observed_at) FROM candidate_history AS h "
    "WHERE h.interview_id = c.interview_id AND h.status = 'completed') "
    "FROM candidates AS c WHERE gone_at IS NULL";

// ?1: since. The name only where it is wanted, ?2.
constexpr const char* kChanges =
    "SELECT h.status, h.current_step_id, h.current_step_order, h.observed_at, c.score, "
    "CASE WHEN ?2 THEN c.name ELSE '' END "
    "FROM candidate_history AS h JOIN candidates AS c USING (interview_id) "
    "WHERE c.gone_at IS NULL AND h.observed_at > ?1 AND EXISTS (SELECT 1 FROM candidate_history "
    "AS e WHERE e.interview_id = h.interview_id AND e.observed_at < h.observed_at)";

/// Another program may have written any number: the result can be added to.
Timestamp fromSeconds(double since_1970) {
  constexpr double kMost = 9e12;
  return Timestamp(std::chrono::microseconds(
      std::llround(std::clamp(since_1970, -kMost, kMost) * kMicroseconds)));
}

std::optional<Timestamp> momentIn(const Statement& row, int column) {
  return row.isNull(column) ? std::nullopt : std::optional(fromSeconds(row.real(column)));
}

std::optional<double> numberIn(const Statement& row, int column) {
  return row.isNull(column) ? std::nullopt : std::optional(row.real(column));
}

/// What would change about a file if a run of a mirror began.
struct FileState {
  bool quiet = false;  ///< SQLite has no other files next to it, so no program has it open
  std::uintmax_t size = 0;
  fs::file_time_type written{};

  static FileState of(const std::string& file) {
    FileState state;
    std::error_code error;
    const fs::path path = fs::canonical(file, error);
    state.quiet = !error;
    for (const char* const ending : {"-wal", "-shm", "-journal"}) {
      state.quiet = state.quiet && !fs::exists(path.string() + ending, error) && !error;
    }
    state.size = fs::file_size(path, error);
    state.written = fs::last_write_time(path, error);
    return state;
  }

  bool operator==(const FileState& other) const {
    return quiet == other.quiet && size == other.size && written == other.written;
  }
};

class SqliteMirrorReader final : public MirrorReader {
 public:
  explicit SqliteMirrorReader(std::string file) : file_(std::move(file)) {
    if (const std::string reason = sqlite::whyNotAFile(file_); !reason.empty()) {
      throw InvalidArgumentError("file", reason);
    }
    if (std::error_code error; !fs::exists(file_, error) && !error) {
      throw InvalidArgumentError("file", "must be an existing file: there is no file " + file_);
    }
    postings();
  }

  std::vector<std::string> postings() override {
    return read(
        [this](Database& database) { return std::vector<std::string>{postingOf(database)}; });
  }

  MirrorFigures figures(const std::string& posting_id, const FiguresOptions& options) override {
    return read([&](Database& database) {
      FiguresBuilder builder(options);
      builder.figures.posting_id = posting_id;
      if (postingOf(database) == posting_id) {
        readState(database, builder.figures);
        readCandidates(database, builder);
        readChanges(database, builder, options.personal_data);
      }
      return builder.finish();
    });
  }

 private:
  /// SQLite opens a file in WAL mode for reading only with two files next to it, which it makes,
  /// and leaves there. Where no program has the file open, it can be read without them, provided
  /// that it is the same afterwards.
  template <typename Read>
  auto read(const Read& what) -> decltype(what(std::declval<Database&>())) {
#ifndef _WIN32
    if (const FileState before = FileState::of(file_); before.quiet) {
      try {
        Database database = Database::forReading(file_, true);
        auto result = what(database);
        if (FileState::of(file_) == before) {
          return result;
        }
      } catch (const StoreError&) {
        if (FileState::of(file_) == before) {
          throw;
        }
      }
    }
#endif
    Database database = Database::forReading(file_, false);
    database.execute("BEGIN");  // all statements see one state
    return what(database);
  }

  std::string postingOf(Database& database) const {
    Statement table(database,
                    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mirror'");
    if (!table.step()) {
      throw StoreError(file_ + " is not a mirror: it was not made by mirror_candidates");
    }
    Statement about(database, "SELECT posting_id, format FROM mirror");
    if (!about.step() || about.integer(1) < 1 || about.integer(1) > kNewestFormat) {
      throw StoreError(file_ + " is not a mirror of this version");
    }
    return about.text(0);
  }

  static void readState(Database& database, MirrorFigures& figures) {
    Statement about(database, "SELECT watermark, walk_cursor IS NOT NULL, last_walk FROM mirror");
    about.step();
    figures.complete_until = momentIn(about, 0);
    figures.unfinished = about.integer(1) != 0;
    figures.filled = figures.complete_until || (!*figures.unfinished && about.integer(2) > 0);
    Statement counts(database, "SELECT count(gone_at), max(last_seen) FROM candidates");
    counts.step();
    figures.gone = static_cast<std::uint64_t>(counts.integer(0));
    figures.read_at = momentIn(counts, 1);
    figures.erased = 0;
    if (Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'candidate_tombstones'")
            .step()) {
      Statement erased(database, "SELECT count(*) FROM candidate_tombstones");
      erased.step();
      figures.erased = static_cast<std::uint64_t>(erased.integer(0));
    }
  }

  static void readCandidates(Database& database, FiguresBuilder& builder) {
    Statement row(database, kCandidates);
    while (row.step()) {
      CandidateFacts facts;
      facts.status = row.text(0);
      facts.score = numberIn(row, 1);
      facts.shortlisted = row.integer(2) != 0;
      facts.dismissed = row.integer(3) != 0;
      facts.created_at = momentIn(row, 4);
      facts.interviewed_at = momentIn(row, 5);
      facts.workflow = nlohmann::json::parse(row.text(6), nullptr, false);
      facts.seen_completed = momentIn(row, 7);
      builder.add(facts);
    }
  }

  static void readChanges(Database& database, FiguresBuilder& builder, bool with_names) {
    if (!builder.figures.read_at) {
      return;
    }
    const Timestamp since = *builder.figures.read_at - kRecent;
    Statement row(database, kChanges);
    row.bind(1, static_cast<double>(since.time_since_epoch().count()) / kMicroseconds)
        .bind(2, with_names);
    while (row.step()) {
      ChangeFacts facts;
      facts.status = row.text(0);
      if (!row.isNull(1)) {
        facts.step_id = row.text(1);
      }
      if (!row.isNull(2)) {
        facts.step_order = row.integer(2);
      }
      facts.at = fromSeconds(row.real(3));
      facts.score = numberIn(row, 4);
      facts.name = row.text(5);
      builder.add(std::move(facts));
    }
  }

  const std::string file_;
};

}  // namespace

std::shared_ptr<MirrorReader> sqliteMirrorReader(const std::string& file) {
  return std::make_shared<SqliteMirrorReader>(file);
}

}  // namespace heymilo::workflows
