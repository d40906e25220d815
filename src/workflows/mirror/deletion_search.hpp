#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "heymilo/workflows/mirror.hpp"

/// Finds the windows of time in which a mirror and the API's list differ, by their numbers of
/// candidates. It knows neither HTTP nor a database.
namespace heymilo::workflows {

/// The smallest step between two windows: the last moment of one, and the first one of the next.
constexpr Timestamp::duration kTick{1};

/// What the search is made with. Windows begin at a whole second and end at the last microsecond of
/// one, so that it makes no difference whether the API compares fractions of a second. Exceptions
/// end the search.
struct DeletionSearch {
  /// The API's number of candidates in a window: one request. Empty: it does not send one.
  std::function<std::optional<std::uint64_t>(const MirrorWindow&)> total{};
  /// The mirror's number of candidates in a window.
  std::function<std::uint64_t(const MirrorWindow&)> count{};
  /// MirrorSink::createdAt().
  std::function<std::optional<Timestamp>(const MirrorWindow&, std::uint64_t)> created_at{};
  /// Reads a window in which they differ. False: stop the search.
  std::function<bool(const MirrorWindow&)> read{};
  /// Something else has shown that the totals may not follow the window: that they do is verified
  /// even where the whole window has the expected total.
  bool doubtful = false;
};

/// Compares the totals in `window`, and goes down where they differ. A window is read when that is
/// not more expensive than searching it. The list may change meanwhile: the only effect is a window
/// that is read without need, or a difference that the next search finds. Returns Outcome::none if
/// it was stopped.
MirrorSearch::Outcome searchDeletions(const MirrorWindow& window, const DeletionSearch& search);

}  // namespace heymilo::workflows
