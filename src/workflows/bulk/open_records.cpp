#include "workflows/bulk/open_records.hpp"

#include <string>
#include <utility>

namespace heymilo::workflows {

namespace {

std::optional<std::string> unlessEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

APIErrorDetail reasonOf(RecordState state, const std::string& code) {
  if (state == RecordState::rejected) {
    return {code.empty() ? "rejected" : code,
            "refused when it was sent before: correct the record, and it is sent again"};
  }
  return {code.empty() ? "in_doubt" : code,
          "whether it was ingested is not known yet: a later run finds out"};
}

RecordState stateOf(const RecordFate& fate, bool in_doubt) {
  switch (fate.what) {
    case RecordFate::What::ingested:
      return RecordState::ingested;
    case RecordFate::What::queued:
      return RecordState::queued;
    case RecordFate::What::known:
      return fate.answer.state == KeyState::queued ? RecordState::queued : RecordState::ingested;
    case RecordFate::What::rejected:
      return RecordState::rejected;
    case RecordFate::What::changed:
      return RecordState::changed;
    case RecordFate::What::duplicate:
      return RecordState::duplicate;
    case RecordFate::What::unresolved:
      return RecordState::unresolved;
    case RecordFate::What::unsent:
      break;
  }
  return in_doubt ? RecordState::unresolved : RecordState::unsent;
}

}  // namespace

RecordId OpenRecords::add(CandidateIngestRequest request, std::optional<std::uint64_t> line) {
  const RecordId id = counts_.read++;
  Record& record = records_[id];
  record.request = std::move(request);
  record.line = line;
  return id;
}

RecordReport OpenRecords::reject(std::optional<std::uint64_t> line, APIErrorDetail reason) {
  RecordReport report;
  report.index = counts_.read++;
  report.line = line;
  report.state = RecordState::rejected;
  report.error = std::move(reason);
  count(report);
  return report;
}

Chunk OpenRecords::take(const Sending& sending) {
  Chunk chunk;
  for (const Sending::Part& part : sending.parts) {
    Record& record = records_.at(part.record);
    counts_.in_doubt -= std::exchange(record.in_doubt, false) ? 1U : 0U;
    record.in_flight = true;
    ++counts_.in_flight;
    chunk.add(part, std::move(record.request));
  }
  return chunk;
}

void OpenRecords::putBack(Chunk chunk, const std::vector<SentRecord>& sent) {
  for (std::size_t place = 0; place < chunk.size(); ++place) {
    Record& record = records_.at(chunk.records()[place].record);
    record.request = chunk.take(place);
  }
  for (const SentRecord& one : sent) {
    Record& record = records_.at(one.record);
    counts_.in_flight -= std::exchange(record.in_flight, false) ? 1U : 0U;
    // What came of it is not written yet.
    record.in_doubt = one.state != KeyState::unsent && one.state != KeyState::rejected;
    counts_.in_doubt += record.in_doubt ? 1U : 0U;
  }
}

void OpenRecords::note(RecordId record, APIErrorDetail reason) {
  records_.at(record).reason = std::move(reason);
}

RecordReport OpenRecords::resolve(const RecordFate& fate) {
  const auto found = records_.find(fate.record);
  Record record = std::move(found->second);
  records_.erase(found);
  counts_.in_flight -= record.in_flight ? 1U : 0U;
  counts_.in_doubt -= record.in_doubt ? 1U : 0U;
  const bool in_doubt = record.in_flight || record.in_doubt;

  RecordReport report;
  report.index = fate.record;
  report.line = record.line;
  report.state = stateOf(fate, in_doubt);
  report.known = fate.what == RecordFate::What::known && !in_doubt;
  report.interview_id = unlessEmpty(fate.answer.interview_id);
  report.interview_url = unlessEmpty(fate.answer.interview_url);
  report.ingestion_id = unlessEmpty(fate.answer.ingestion_id);
  if (report.state == RecordState::rejected || report.state == RecordState::unresolved) {
    report.error =
        record.reason ? std::move(record.reason) : reasonOf(report.state, fate.answer.error_code);
  }
  if (report.state == RecordState::unresolved && in_doubt) {
    ++counts_.left_in_doubt;
  }
  count(report);
  return report;
}

std::vector<RecordReport> OpenRecords::resolveRest() {
  std::vector<RecordId> rest;
  rest.reserve(records_.size());
  for (const auto& [id, record] : records_) {
    rest.push_back(id);
  }
  std::vector<RecordReport> reports;
  reports.reserve(rest.size());
  for (const RecordId id : rest) {
    RecordFate fate;
    fate.record = id;
    reports.push_back(resolve(fate));
  }
  return reports;
}

void OpenRecords::count(const RecordReport& report) {
  switch (report.state) {
    case RecordState::ingested:
      ++(report.known ? counts_.known : counts_.ingested);
      break;
    case RecordState::queued:
      ++(report.known ? counts_.known : counts_.queued);
      break;
    case RecordState::rejected:
      ++counts_.rejected;
      break;
    case RecordState::changed:
      ++counts_.changed;
      break;
    case RecordState::duplicate:
      ++counts_.duplicate;
      break;
    case RecordState::unresolved:
      ++counts_.unresolved;
      break;
    case RecordState::unsent:
      ++counts_.unsent;
      break;
  }
}

}  // namespace heymilo::workflows
