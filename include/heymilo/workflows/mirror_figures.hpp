#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/models/candidate.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/timestamp.hpp"

/// The figures of a mirrored posting: how many candidates came how far, and when. They are read
/// from a mirror by a MirrorReader: sqliteMirrorReader() in sqlite_mirror_reader.hpp, or
/// heymilo::postgres::mirrorReader(). They are the same whatever the store.
namespace heymilo::workflows {

/// Times that candidates took. Between two of the times the percentiles are interpolated.
struct DurationFigures {
  std::uint64_t count = 0;                 ///< of the times; if 0, the others are 0, too
  std::chrono::microseconds median{0};     ///< half of them took less
  std::chrono::microseconds ninetieth{0};  ///< the 90th percentile
};

/// A step of the workflow. Candidates with another step_id at the same position are another step.
struct StepFigures {
  std::int64_t order = 0;         ///< position in the workflow, from 1
  std::string step_id{};          ///< of the step in the workflow
  std::uint64_t began = 0;        ///< candidates who have started it
  std::uint64_t completed = 0;    ///< who have completed it
  std::uint64_t knocked_out = 0;  ///< who were disqualified at it
  std::uint64_t in_it = 0;        ///< who have started it, and neither of the two
  /// From the end of the step before it, or the invitation, to its own end, of those who have
  /// completed it.
  DurationFigures time{};
};

/// How many candidates have a status.
struct StatusFigures {
  CandidateStatus status{};      ///< of these candidates
  std::uint64_t candidates = 0;  ///< their number
};

/// The length of a PeriodFigures, in UTC. A week begins on Monday.
enum class FiguresPeriod { day, week, month };
/// `day`, `week` or `month`.
std::string_view toString(FiguresPeriod period) noexcept;
/// In JSON, of any nlohmann::basic_json, it is toString(period).
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, FiguresPeriod period) {
  heymilo::detail::setText(json, toString(period));
}
/// It is not read from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, FiguresPeriod& period) = delete;

/// What happened in a day, a week or a month.
struct PeriodFigures {
  Timestamp begin{};            ///< its first moment
  std::uint64_t invited = 0;    ///< candidates created in it
  std::uint64_t completed = 0;  ///< candidates who completed the workflow in it
};

/// The scores that there are.
struct ScoreFigures {
  std::uint64_t count = 0;  ///< of the scores
  /// From 0 to less than 10, from 10 to less than 20, ..., from 90 to 100.
  std::array<std::uint64_t, 10> bins{};
  std::uint64_t outside = 0;  ///< less than 0 or more than 100
  /// Percentiles, as in DurationFigures; 0 if there is no score.
  /// @{
  double lower_quartile = 0, median = 0, upper_quartile = 0;
  /// @}
};

/// Changes to the same status and step.
struct ChangeFigures {
  CandidateStatus status{};                  ///< after the change
  std::optional<std::string> step_id{};      ///< of the step in progress
  std::optional<std::int64_t> step_order{};  ///< its position
  std::uint64_t changes = 0;                 ///< their number
  Timestamp latest{};                        ///< when the mirror saw the last of them
};

/// A change of one candidate. Personal data.
struct ChangedCandidate {
  std::string name{};                        ///< of the candidate
  std::optional<double> score{};             ///< as it is now
  CandidateStatus status{};                  ///< after the change
  std::optional<std::string> step_id{};      ///< of the step in progress after it
  std::optional<std::int64_t> step_order{};  ///< its position
  Timestamp at{};                            ///< when the mirror saw it
};

/// The figures of a posting. Candidates who are gone are in `gone` only.
struct MirrorFigures {
  std::string posting_id{};  ///< of the posting
  /// When a run has last stored a page, by the store's clock. Empty: no candidate was ever stored.
  std::optional<Timestamp> read_at{};
  /// From the last complete run: the candidates created before are in the mirror. Empty: no run was
  /// complete, or the reader may not know; see heymilo::postgres::mirrorReader().
  std::optional<Timestamp> complete_until{};
  /// Whether a run is under way, or was interrupted. Empty: the reader may not know.
  std::optional<bool> unfinished{};
  /// Whether a run was ever complete, also one that found nobody. If false, candidates are missing.
  /// Empty: the reader may not know.
  std::optional<bool> filled{};

  std::uint64_t candidates = 0;   ///< in the posting's list
  std::uint64_t open = 0;         ///< in no final state: see isFinal()
  std::uint64_t completed = 0;    ///< have completed the workflow, whatever was decided then
  std::uint64_t shortlisted = 0;  ///< by a recruiter
  std::uint64_t dismissed = 0;    ///< by a recruiter
  std::uint64_t knocked_out = 0;  ///< disqualified at a step
  std::uint64_t gone = 0;         ///< no longer in the list, and not erased yet
  /// Erased; see MirrorSink::erase(). Empty: the reader may not know.
  std::optional<std::uint64_t> erased{};

  /// The documented statuses in their order, then others; only those that a candidate has.
  std::vector<StatusFigures> statuses{};
  std::vector<StepFigures> steps{};  ///< by order and step_id
  DurationFigures to_completion{};   ///< from the invitation to the end of the workflow

  FiguresPeriod period = FiguresPeriod::week;  ///< of `periods`
  /// From the first invitation to `read_at`, or to the last event if that is later, without gaps.
  /// At most five years: what was before, and more than a year after `read_at`, is counted in
  /// `outside`.
  std::vector<PeriodFigures> periods{};
  std::uint64_t outside = 0;  ///< invitations and completions that are not in `periods`
  std::uint64_t undated = 0;  ///< candidates without `created_at`

  ScoreFigures scores{};  ///< of the candidates who have one

  /// Changes of status or step that the mirror has seen within the seven days before `read_at`,
  /// most frequent first. That a candidate is new is not a change.
  std::vector<ChangeFigures> changes{};
  /// With FiguresOptions::personal_data: the latest of these changes, latest first.
  std::vector<ChangedCandidate> latest{};
};

/// Options of MirrorReader::figures().
struct FiguresOptions {
  /// Fill MirrorFigures::latest. Otherwise no name is read from the store.
  bool personal_data = false;
  std::size_t most_latest = 25;  ///< the most entries of MirrorFigures::latest
};

/// Reads figures from a mirror, and changes nothing in it. A run of mirrorCandidates() may be under
/// way: each function sees the state between two of its pages. For one thread at a time.
class MirrorReader {
 public:
  virtual ~MirrorReader();

  /// The ids of the postings that are mirrored there, sorted. Throws StoreError if the store can't
  /// be read, or is not a mirror.
  virtual std::vector<std::string> postings() = 0;

  /// The figures of a posting; if there are none of it, all are 0. Throws StoreError as postings().
  virtual MirrorFigures figures(const std::string& posting_id,
                                const FiguresOptions& options = {}) = 0;

 protected:
  MirrorReader() = default;
  MirrorReader(const MirrorReader&) = default;             ///< for derived classes
  MirrorReader& operator=(const MirrorReader&) = default;  ///< for derived classes
};

}  // namespace heymilo::workflows
