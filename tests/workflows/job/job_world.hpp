#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "workflows/job/job_times.hpp"
#include "workflows/job/journal_model.hpp"

namespace heymilo_test {

/// What is in a JobSimulation, and what goes wrong: as probabilities of each step, or how many a
/// second. Times are shorter than real ones.
struct JobWorld {
  using milliseconds = std::chrono::milliseconds;

  int keys = 30;
  int workers = 3;
  std::size_t chunk = 3, concurrency = 2, batch = 8;
  milliseconds chaos{40'000};
  milliseconds limit{400'000};   // in which all must be done after that
  bool knows_who_lives = false;  // the store, by a lock of the kernel
  bool async = false;
  bool new_posting = false;
  wf::JobTimes times = shortTimes();

  // Of each request: lost before, in and after its execution; how often it is executed as late as
  // the API may.
  double lost_before = 0.08, lost_in = 0.08, lost_after = 0.08, late = 0.2;
  double connects = 0.2;  // only after a while, as it waits for its turn
  double longest_turn_ms = 2'500;
  double queue_late_ms = 500;  // async: how long the queue may take
  double list_fails = 0.03;
  bool newest_first = true;
  double page_size = 4;
  // Of each operation: it never arrives, its response does not, it is carried out after it was
  // given up.
  double store_ms = 8;  // how long each takes, twice
  double store_lost = 0.03, store_silent = 0.03, store_late = 0.03;
  // How many a second: of each worker, then of the store.
  double kills = 0.12, sleeps = 0.12, ends = 0.03;  // of a process; `ends`: in good order
  double outages = 0.02, restores = 0, empties = 0, replacements = 0, silent_restores = 0;
  double removals = 0;  // of candidates
  double shortest_sleep_ms = 100, longest_sleep_ms = 15'000;
  milliseconds skew{2'000};    // of the API's machines, at most
  milliseconds date_ahead{0};  // of created_at
  bool no_dates = false;
  double clock_rate = 0.0004;
  bool growing = true, shuffled = true, repeating = true;

  std::function<void(const std::string&)> trace{};  // is told what happens to keys

  // Mistakes that must be found.
  bool lease_ignored = false;     // before the first byte
  bool lists_from_later = false;  // than it was asked for
  bool first_page_only = false;
  bool probes_show_nobody = false;  // whoever is in the posting
  bool doubts_are_unsent = false;   // a request without a response
  JournalModel::Broken store{};

  static wf::JobTimes shortTimes() {
    wf::JobTimes times;
    times.lease = milliseconds{1'500};
    times.attempt = milliseconds{2'000};
    times.under_way = milliseconds{300};
    times.settling = milliseconds{3'000};
    times.margin = milliseconds{10'000};
    times.poll = milliseconds{300};
    times.linger = milliseconds{5};
    return times;
  }
};

}  // namespace heymilo_test
