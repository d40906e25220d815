#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace heymilo_test {

/// Changes of the candidates between and during the runs.
enum class MirrorChanging {
  seen_by_every_run,  // progress, new candidates, removal of unfinished ones
  any                 // finished candidates, too; some runs are --full
};

/// Where a program that is killed mirrors the posting `p` to.
class KilledMirror {
 public:
  struct Walk {
    std::uint64_t number = 0;
    std::string cursor{};
    bool of_window = false;  ///< it ends somewhere in the list
  };

  virtual ~KilledMirror() = default;

  /// The program's --database.
  virtual std::string database() const = 0;
  /// The unfinished walk, as a reader sees it after a kill; empty: none, or no tables yet.
  virtual std::optional<Walk> walk() = 0;
  /// As MirrorDatabase::candidates().
  virtual nlohmann::json candidates() = 0;
};

/// mirror_candidates is killed at random moments, against a server with all kinds of failures and
/// constantly changing candidates, and started again. In the end the table equals the server's
/// list, field by field.
///
/// HEYMILO_TEST_KILLS, HEYMILO_TEST_CANDIDATES and HEYMILO_TEST_SEED make it longer, or repeat it.
void killMirrors(KilledMirror& mirror, MirrorChanging changing);

}  // namespace heymilo_test
