#include "bulk/verify_words.hpp"

#include <heymilo/models/timestamp.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "bulk/progress.hpp"
#include "support/json_line.hpp"
#include "support/terminal.hpp"

namespace bulk {

namespace {

using heymilo::workflows::VerifyFinding;
using heymilo::workflows::VerifyKind;
using heymilo::workflows::VerifyResult;
using support::Align;

support::Table tableOfFindings() {
  return support::Table({{"FINDING", Align::left, 7, 7, 4},
                         {"KEY", Align::left, 12, 44, 3},
                         {"INTERVIEWS", Align::left, 10, 50, 2}},
                        support::terminalWidth());
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    all += (all.empty() ? "" : ", ") + text;
  }
  return all;
}

nlohmann::json toJson(const VerifyFinding& finding) {
  nlohmann::json json{
      {"finding", finding.kind}, {"keys", finding.keys}, {"interview_ids", finding.interview_ids}};
  if (!finding.ingestion_id.empty()) {
    json["ingestion_id"] = finding.ingestion_id;
  }
  if (finding.queued_since) {
    json["queued_since"] = heymilo::formatTimestamp(*finding.queued_since);
  }
  return json;
}

nlohmann::json toJson(const VerifyResult& result) {
  nlohmann::json json{{"finding", "summary"},
                      {"good", result.good()},
                      {"candidates", result.candidates},
                      {"once", result.once},
                      {"twice", result.twice},
                      {"shared", result.shared},
                      {"missing", result.missing},
                      {"foreign", result.foreign},
                      {"deleted", result.deleted},
                      {"forgotten", result.forgotten},
                      {"queued", result.queued},
                      {"unsettled", result.unsettled},
                      {"unsent", result.unsent},
                      {"by_other_ways", result.by_other_ways},
                      {"without_key", result.without_key},
                      {"other_keys", result.other_keys},
                      {"unreadable", result.unreadable},
                      {"requests", result.requests}};
  if (result.queued_since) {
    json["queued_since"] = heymilo::formatTimestamp(*result.queued_since);
  }
  return json;
}

}  // namespace

VerifyWords::VerifyWords(bool json) : json_(json), table_(tableOfFindings()) {}

std::string VerifyWords::text(const VerifyFinding& finding) {
  if (json_) {
    return support::jsonLine(toJson(finding));
  }
  std::string text;
  if (!begun_) {
    begun_ = true;
    text = table_.header();
  }
  std::string interviews = joined(finding.interview_ids);
  if (finding.queued_since) {
    interviews += "queued since " + heymilo::formatTimestamp(*finding.queued_since);
  }
  return text + table_.row({std::string(toString(finding.kind)), joined(finding.keys), interviews});
}

std::string VerifyWords::text(const VerifyResult& result) const {
  if (json_) {
    return support::jsonLine(toJson(result));
  }
  std::string text = begun_ ? "\n" : "";
  const auto line = [&](std::uint64_t number, const std::string& what) {
    std::string digits = grouped(number);
    constexpr std::size_t kWidth = 11;
    text += std::string(digits.size() < kWidth ? kWidth - digits.size() : 0, ' ') + digits + "  " +
            what + '\n';
  };
  const auto lineIfAny = [&](std::uint64_t number, const std::string& what) {
    if (number != 0) {
      line(number, what);
    }
  };
  line(result.candidates, "candidates in the posting");
  line(result.once, "keys of the journal are there once");
  line(result.twice, "twice: keys with two interviews");
  line(result.missing, "missing: confirmed or queued for long, and not in the posting");
  lineIfAny(result.shared, "shared: interviews that the API gave to two keys");
  line(result.foreign, "foreign: keys of another journal, or of none");
  line(result.deleted, "deleted since: ingested, and not in the posting any more");
  lineIfAny(result.forgotten, "forgotten: deleted, and only the key is in the journal");
  lineIfAny(result.queued,
            "queued, not shown yet" +
                (result.queued_since
                     ? ", the first since " + heymilo::formatTimestamp(*result.queued_since)
                     : std::string()));
  lineIfAny(result.unsettled, "in flight, in doubt or unresolved: skipped");
  lineIfAny(result.unsent, "rejected or not sent, and not in the posting");
  lineIfAny(result.by_other_ways, "candidates that came by another way, with a key of this kind");
  lineIfAny(result.without_key, "candidates without a key");
  lineIfAny(result.other_keys, "candidates with a key of another kind");
  lineIfAny(result.unreadable, "candidates whose key can't be read");
  text += result.good() ? "Each key is there once, or was deleted since.\n" : "";
  if (result.twice != 0 || result.foreign != 0) {
    text +=
        "All who ingest into a posting need one journal: a file on one machine, or PostgreSQL.\n";
  }
  return text;
}

std::string VerifyWords::text(const heymilo::workflows::VerifyProgress& progress) {
  return grouped(progress.read) +
         (progress.expected ? " of " + grouped(*progress.expected) : std::string()) + " read, " +
         grouped(progress.requests) + (progress.requests == 1 ? " request" : " requests");
}

}  // namespace bulk
