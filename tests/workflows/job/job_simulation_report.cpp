#include <algorithm>
#include <sstream>

#include "workflows/job/job_simulation.hpp"

// What a simulation says of itself.

namespace heymilo_test {

std::string JobSimulation::complaint() const {
  std::ostringstream text;
  if (posting_.twice()) {
    text << "a key is in the posting twice: " << posting_.twiceKeys().front() << "; ";
  }
  if (!finished_) {
    text << "it has not come to an end; ";
    return text.str();
  }
  for (const wf::KeyedRecord& record : everybody()) {
    const int times = posting_.created(record.key);
    const auto row = journal_->data().rows.find(record.key);
    const bool there = row != journal_->data().rows.end();
    const wf::KeyState state = there ? row->second.state : wf::KeyState::unsent;
    const bool good = state == wf::KeyState::ingested || state == wf::KeyState::queued;
    if (times != 1 || !good) {
      text << record.key << " is there " << times << " times, and " << wf::toString(state) << "; ";
    }
  }
  for (const auto& [key, row] : journal_->data().rows) {
    if (row.state == wf::KeyState::in_flight || row.state == wf::KeyState::in_doubt) {
      text << key << " is " << wf::toString(row.state) << " at the end; ";
    }
  }
  for (const std::string& fate : wrong_fates_) {
    text << fate << "; ";
  }
  return text.str();
}

void JobSimulation::note(const Who& who, const wf::RecordFate& fate) {
  const wf::KeyedRecord& record = who->source[fate.record];
  const auto wrong = [&](const std::string& what) {
    wrong_fates_.push_back(record.key + " was " + what);
  };
  if (!who->done.insert(fate.record).second) {
    wrong("reported twice");
  }
  using Fate = wf::RecordFate::What;
  const auto first = std::find_if(who->source.begin(), who->source.end(), [&](const auto& one) {
    return one.key == record.key;
  });
  const bool duplicate = &*first != &record;
  if (duplicate != (fate.what == Fate::duplicate)) {
    wrong(duplicate ? "not reported as a duplicate" : "reported as a duplicate");
  }
  const int there = posting_.created(record.key);
  if ((fate.what == Fate::ingested || (fate.what == Fate::known && !world_.async)) && there == 0) {
    wrong("reported as ingested, and is not there");
  }
  if (fate.what == Fate::unsent && !who->ended) {
    wrong("given up");
  }
}

void JobSimulation::trace(const Who& who, const std::string& what) const {
  if (world_.trace) {
    std::ostringstream text;
    text << std::chrono::duration<double>(now_).count() << ' ' << who->current << ": " << what;
    world_.trace(text.str());
  }
}

void JobSimulation::trace(const std::string& what) const {
  if (world_.trace) {
    world_.trace(std::to_string(std::chrono::duration<double>(now_).count()) + ' ' + what);
  }
}

void JobSimulation::trace(const wf::JournalRequest& request,
                          const wf::JournalResponse& response) const {
  if (!world_.trace) {
    return;
  }
  std::ostringstream text;
  text << std::chrono::duration<double>(now_).count();
  if (const auto* claim = std::get_if<wf::JournalClaim>(&request)) {
    text << ' ' << claim->stamp.worker << " claims by " << claim->token << ':';
    const auto& answers = std::get<wf::JournalClaimed>(response).answers;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      text << ' ' << claim->records[i].key << '=' << static_cast<int>(answers[i].verdict);
    }
  } else if (const auto* settle = std::get_if<wf::JournalSettle>(&request)) {
    text << ' ' << settle->stamp.worker << " settles:";
    for (const wf::KeyResult& result : settle->results) {
      text << ' ' << result.key << '/' << result.claim << '=' << wf::toString(result.state);
    }
  } else if (const auto* release = std::get_if<wf::JournalRelease>(&request)) {
    text << ' ' << release->stamp.worker << " releases " << release->adoption << ':';
    for (const wf::KeyInDoubt& free : release->free) {
      text << ' ' << free.key << '/' << free.claim;
    }
  } else if (const auto* search = std::get_if<wf::JournalSearch>(&request)) {
    text << ' ' << search->stamp.worker << " searches:";
    for (const wf::KeyInDoubt& doubt : std::get<wf::JournalDoubts>(response).doubts) {
      text << ' ' << doubt.key << '/' << doubt.claim;
    }
  } else if (const auto* shown = std::get_if<wf::JournalShown>(&request)) {
    text << ' ' << shown->stamp.worker << " has seen:";
    for (const wf::ShownKey& key : shown->shown) {
      text << ' ' << key.key;
    }
  } else if (const auto* beat = std::get_if<wf::JournalBeat>(&request)) {
    if (beat->dead.empty()) {
      return;
    }
    text << ' ' << beat->stamp.worker << " buries:";
    for (const wf::UnchangedWorker& dead : beat->dead) {
      text << ' ' << dead.worker;
    }
  } else {
    return;
  }
  world_.trace(text.str());
}

std::string JobSimulation::keysOf(const wf::Sending& sending) {
  std::string keys;
  for (const auto& part : sending.parts) {
    keys += ' ' + part.key;
  }
  return keys;
}

}  // namespace heymilo_test
