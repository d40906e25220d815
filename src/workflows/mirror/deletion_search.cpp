#include "workflows/mirror/deletion_search.hpp"

#include <algorithm>
#include <utility>

#include "base/api_limits.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::seconds;

// Halving two pages costs one request and one page: not less than reading both.
constexpr std::uint64_t kCheapPages = 2;

std::uint64_t pagesOf(std::uint64_t candidates) {
  constexpr auto kPage = static_cast<std::uint64_t>(api_limits::kMaxPage);
  return (candidates + kPage - 1) / kPage;
}

using Halves = std::pair<MirrorWindow, MirrorWindow>;

class Halving {
 public:
  explicit Halving(const DeletionSearch& by) : by_(by), verified_(false) {}

  MirrorSearch::Outcome run(const MirrorWindow& window) {
    const std::optional<std::uint64_t> total = by_.total(window);
    return total ? compare(window, *total) : MirrorSearch::Outcome::no_totals;
  }

 private:
  /// A window whose total is known. Anything but `complete` ends the search.
  MirrorSearch::Outcome compare(const MirrorWindow& window, std::uint64_t total) {
    const std::uint64_t mirrored = by_.count(window);
    const bool verify = by_.doubtful && !verified_;
    if (total == mirrored && !verify) {
      return MirrorSearch::Outcome::complete;
    }
    const std::uint64_t differences = total < mirrored ? mirrored - total : total - mirrored;
    const std::uint64_t pages = pagesOf(std::max(total, mirrored));
    const std::optional<Halves> halves =
        pages <= kCheapPages ? std::nullopt : halvesOf(window, mirrored);
    if (!halves || (verified_ && pages <= differences)) {
      return by_.read(window) ? MirrorSearch::Outcome::complete : MirrorSearch::Outcome::none;
    }
    const auto& [left, right] = *halves;
    const std::optional<std::uint64_t> of_left = by_.total(left);
    if (!of_left) {
      return MirrorSearch::Outcome::no_totals;
    }
    std::optional<std::uint64_t> of_right;
    if (!verified_) {
      of_right = by_.total(right);
      if (of_right && !isWhole(window, total, *of_left + *of_right)) {
        return MirrorSearch::Outcome::bad_totals;
      }
      verified_ = true;
    } else {
      of_right = *of_left <= total ? total - *of_left : by_.total(right);
    }
    if (!of_right) {
      return MirrorSearch::Outcome::no_totals;
    }
    const MirrorSearch::Outcome outcome = compare(left, *of_left);
    return outcome == MirrorSearch::Outcome::complete ? compare(right, *of_right) : outcome;
  }

  /// Whether the totals of two halves are the window's. It is asked for again: the list may have
  /// changed meanwhile.
  bool isWhole(const MirrorWindow& window, std::uint64_t total, std::uint64_t halves) const {
    return halves == total || by_.total(window) == halves;
  }

  /// The window before and after the mirror's median. Empty if it can't be divided: it is a single
  /// second, or the mirror has nobody in it.
  std::optional<Halves> halvesOf(const MirrorWindow& window, std::uint64_t mirrored) const {
    const std::optional<Timestamp> median = by_.created_at(window, mirrored / 2);
    if (!median) {
      return std::nullopt;
    }
    Timestamp middle = std::chrono::floor<seconds>(*median);
    if (window.created_after && middle <= *window.created_after) {
      middle = std::chrono::floor<seconds>(*window.created_after) + seconds{1};
    }
    if (window.created_before && middle > *window.created_before) {
      return std::nullopt;
    }
    return Halves{{window.created_after, middle - kTick}, {middle, window.created_before}};
  }

  const DeletionSearch& by_;
  bool verified_;  // the totals follow the window
};

}  // namespace

MirrorSearch::Outcome searchDeletions(const MirrorWindow& window, const DeletionSearch& search) {
  return Halving(search).run(window);
}

}  // namespace heymilo::workflows
