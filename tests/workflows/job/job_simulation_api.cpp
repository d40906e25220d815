#include <algorithm>
#include <utility>

#include "workflows/job/job_simulation.hpp"

// Requests and lists, between a worker and the API.

namespace heymilo_test {

JobSimulation::milliseconds JobSimulation::skew() {
  const auto most = static_cast<double>(world_.skew.count());
  return milliseconds{static_cast<milliseconds::rep>(uniform(-most, most) / 2)};
}

void JobSimulation::hear(const Who& who, Time made) {
  if (world_.no_dates) {
    return;
  }
  const Time date = std::chrono::floor<std::chrono::seconds>(made + skew() + world_.date_ahead);
  const Time ahead = date - clock(who);
  who->api_ahead = std::min(who->api_ahead.value_or(ahead), ahead);
}

void JobSimulation::list(const Who& who, const wf::Listing& listing) {
  const Time there = now_ + span(1, 60);
  auto page = std::make_shared<std::optional<wf::ListedPage>>();
  auto made = std::make_shared<Time>();
  if (!faulty(world_.list_fails)) {
    at(there, [this, who, listing, page, made] {
      if (listing.first) {
        who->list_position.reset();
      }
      std::optional<heymilo::Timestamp> from = listing.created_after;
      if (from && world_.lists_from_later) {
        from = *from + world_.times.margin * 2;
      }
      std::optional<std::size_t> position = who->list_position;
      *page = posting_.page(from,
                            listing.probe ? 1 : static_cast<std::size_t>(world_.page_size),
                            position,
                            world_.newest_first);
      (*page)->anybody = !posting_.candidates().empty() && !world_.probes_show_nobody;
      (*page)->last = (*page)->last || world_.first_page_only;
      who->list_position = position;
      *made = now_;
      ++pages_;
    });
  }
  in(who, there + span(1, 60), [this, who, page, made] {
    if (page->has_value()) {
      hear(who, *made);
      who->job->paged(std::move(**page), moment(who));
    } else {
      who->job->notPaged();
    }
  });
}

void JobSimulation::send(const Who& who, wf::Sending sending) {
  in(who,
     now_ + span(0, chance(world_.connects) ? world_.longest_turn_ms : 50),
     [this, who, sending] {
       const bool in_place = who->journal == journal_;
       if (!in_place || !(who->job->maySend(sending.worker, clock(who)) || world_.lease_ignored)) {
         std::vector<wf::SentRecord> unsent;
         for (const auto& part : sending.parts) {
           unsent.push_back(result(part.record, wf::KeyState::unsent));
         }
         who->job->sent(sending.number, unsent, moment(who));
         if (!in_place) {
           kill(who);
         }
         return;
       }
       transfer(who, sending);
     });
}

wf::SentRecord JobSimulation::result(wf::RecordId record, wf::KeyState state) {
  wf::SentRecord sent;
  sent.record = record;
  sent.state = state;
  return sent;
}

void JobSimulation::transfer(const Who& who, const wf::Sending& sending) {
  ++requests_;
  trace(who, "sends" + keysOf(sending));
  // The attempt ends at `end` at the latest, by a clock that may be slow. Of one that has ended
  // without a response, the last byte arrives until U after that, and is executed until the
  // settling time after.
  const wf::JobTimes& times = api_execution_;
  const auto attempt = static_cast<double>(times.attempt.count());
  const Time end = now_ + exactly(attempt * 0.999);
  const bool before = faulty(world_.lost_before);
  const bool partly = faulty(world_.lost_in);
  const bool after = faulty(world_.lost_after);
  const bool lost = before || partly || after;
  const Time given_up = chance(world_.late) ? end : now_ + span(100, attempt * 0.99);
  const Time arrives =
      lost && chance(world_.late) ? given_up + span(0, under_way()) : now_ + span(1, 90);
  const Time executed = lost && chance(world_.late) ? arrives + Time(times.settling) - span(0, 50)
                                                    : arrives + span(1, chance(0.1) ? 1'000 : 60);
  auto results = std::make_shared<std::vector<wf::SentRecord>>();
  auto made = std::make_shared<Time>(executed);
  if (!before) {
    at(arrives, [this, who, sending, partly, results, executed] {
      // A process that is killed resets its connections.
      if (now_ <= who->died + exactly(under_way())) {
        at(executed,
           [this, who, sending, partly, results] { execute(who, sending, partly, *results); });
      }
    });
  }
  const Time back = lost ? given_up : executed + span(1, 60);
  in(who, lost ? back : std::min(back, end), [this, who, sending, results, made, lost, back, end] {
    std::vector<wf::SentRecord> ended = *results;
    if (lost || back > end) {
      ended.clear();
      for (const auto& part : sending.parts) {
        ended.push_back(result(
            part.record, world_.doubts_are_unsent ? wf::KeyState::unsent : wf::KeyState::in_doubt));
        ended.back().failed = chance(0.3);
      }
    } else {
      hear(who, *made);
    }
    who->job->sent(sending.number, ended, moment(who));
  });
}

void JobSimulation::execute(const Who& who, const wf::Sending& sending, bool partly,
                            std::vector<wf::SentRecord>& results) {
  const milliseconds off = skew();
  trace(who, "is executed:" + keysOf(sending));
  for (const auto& part : sending.parts) {
    const std::string& digest = who->source[part.record].digest;
    results.push_back(result(part.record, wf::KeyState::ingested));
    wf::SentRecord& one = results.back();
    if (digest == "bad") {
      one.state = wf::KeyState::rejected;
      one.error_code = "invalid";
      continue;
    }
    if (partly && chance(0.5)) {
      continue;
    }
    if (world_.async) {
      one.state = wf::KeyState::queued;
      one.ingestion_id = "ingestion";
      queue_end_ = std::max(queue_end_, now_ + lateness()) + milliseconds{1};
      at(queue_end_, [this, key = part.key, off] { posting_.create(key, now_, off); });
      continue;
    }
    const PostingModel::Candidate& candidate = posting_.create(part.key, now_, off);
    one.interview_id = candidate.interview_id;
    one.interview_url = "https://";
  }
}

}  // namespace heymilo_test
