#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/workflows/mirror.hpp"

namespace heymilo::test {

inline CandidateResponse mirroredCandidate(const std::string& id, Timestamp created_at,
                                           CandidateStatus status = CandidateStatus::completed) {
  CandidateResponse one;
  one.interview_id = id;
  one.posting_id = "p";
  one.name = "Person " + id;
  one.email = id + "@example.com";
  one.status = status;
  one.created_at = created_at;
  return one;
}

/// The list operation over a vector, in the vector's order: the API does not specify its order.
class FakeList {
 public:
  std::vector<CandidateResponse> candidates;
  /// Called before the n-th request, from 1, gets its response; may throw or return another
  /// response.
  std::function<std::optional<HttpResponse>(std::size_t request)> before;
  std::vector<std::map<std::string, std::string>> queries;
  bool totals = true;  ///< answers say how many there are
  /// Instead of the number in the window.
  std::function<nlohmann::json(const std::map<std::string, std::string>& query, std::size_t number)>
      total;
  bool whole_seconds = false;  ///< fractions of a second are not compared
  bool whole_bounds = false;   ///< those of a bound are ignored, and those of candidates are not
  /// Changes the JSON text of the candidates with these interview_ids.
  std::map<std::string, std::function<std::string(const std::string&)>> spoiled;
  std::string date;  ///< the Date header; empty: none

  Client client() {
    ClientOptions options;
    options.api_key = "test-key";
    options.rate_limit.reset();
    options.retry.max_retries = 0;
    options.transport = std::make_shared<testing::FakeTransport>(
        [this](const HttpRequest& request, const CancellationToken&) { return answer(request); });
    return Client(options);
  }

  void add(std::size_t count, Timestamp first, std::chrono::microseconds apart,
           CandidateStatus status = CandidateStatus::completed) {
    for (std::size_t i = 0; i < count; ++i) {
      candidates.push_back(mirroredCandidate("c" + std::to_string(candidates.size()),
                                             first + static_cast<std::int64_t>(i) * apart,
                                             status));
    }
  }

  void remove(const std::string& id) {
    candidates.erase(std::find_if(candidates.begin(), candidates.end(), [&](const auto& one) {
      return one.interview_id == id;
    }));
  }

 private:
  HttpResponse answer(const HttpRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    queries.push_back(queryOf(request.url));
    if (before) {
      if (auto instead = before(queries.size())) {
        return *instead;
      }
    }
    const auto& query = queries.back();
    std::vector<const CandidateResponse*> listed;
    const std::optional<Timestamp> from = bound(query, "created_after");
    const std::optional<Timestamp> to = bound(query, "created_before");
    for (const CandidateResponse& one : candidates) {
      const auto at =
          one.created_at ? std::optional(cut(*one.created_at, whole_seconds)) : std::nullopt;
      if ((!from || (at && *at >= *from)) && (!to || (at && *at <= *to))) {
        listed.push_back(&one);
      }
    }
    std::size_t begin = 0;
    if (const auto cursor = query.find("starting_after"); cursor != query.end()) {
      while (begin < listed.size() && listed[begin]->interview_id != cursor->second) {
        ++begin;
      }
      if (begin == listed.size()) {
        return testing::jsonAnswer(400,
                                   R"({"error":{"type":"t","code":"bad_cursor","message":"No."}})");
      }
      ++begin;
    }
    const std::size_t end = std::min(listed.size(), begin + std::stoul(query.at("limit")));
    nlohmann::json body{{"pagination", {{"has_more", end < listed.size()}}}};
    if (totals) {
      body["pagination"]["total_count"] =
          total ? total(query, listed.size()) : nlohmann::json(listed.size());
    }
    std::string data;
    for (std::size_t i = begin; i < end; ++i) {
      const std::string text = nlohmann::json(*listed[i]).dump();
      const auto spoil = spoiled.find(listed[i]->interview_id);
      data += (i == begin ? "" : ",") + (spoil == spoiled.end() ? text : spoil->second(text));
    }
    HttpResponse response = testing::jsonAnswer(
        200, R"({"data":[)" + data + R"(],"pagination":)" + body["pagination"].dump() + "}");
    if (!date.empty()) {
      response.headers.add("Date", date);
    }
    return response;
  }

  static std::map<std::string, std::string> queryOf(const std::string& url) {
    std::map<std::string, std::string> query;
    for (std::size_t from = url.find('?'); from != std::string::npos;) {
      const std::size_t to = url.find('&', ++from);
      const std::string pair = url.substr(from, to == std::string::npos ? to : to - from);
      query[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
      from = to;
    }
    return query;
  }

  static Timestamp cut(Timestamp moment, bool to_seconds) {
    return to_seconds ? Timestamp(std::chrono::floor<std::chrono::seconds>(moment)) : moment;
  }

  std::optional<Timestamp> bound(const std::map<std::string, std::string>& query,
                                 const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end()
               ? std::nullopt
               : std::optional(cut(parse(found->second), whole_seconds || whole_bounds));
  }

  static Timestamp parse(std::string moment) {
    for (std::size_t colon = moment.find("%3A"); colon != std::string::npos;
         colon = moment.find("%3A")) {
      moment.replace(colon, 3, ":");
    }
    return parseTimestamp(moment);
  }

  std::mutex mutex_;
};

/// A sink in memory, as an example of another database.
class MemorySink : public workflows::MirrorSink {
 public:
  struct Row {
    CandidateResponse candidate;
    std::uint64_t walk = 0;
    bool gone = false;
  };

  workflows::MirrorState load() override {
    workflows::MirrorState now = state;
    for (const auto& [id, row] : rows) {
      if (!row.gone && !workflows::isFinal(row.candidate.status) && row.candidate.created_at) {
        now.oldest_open = std::min(now.oldest_open.value_or(*row.candidate.created_at),
                                   *row.candidate.created_at);
      }
    }
    return now;
  }

  workflows::MirrorChanges upsert(const std::vector<CandidateResponse>& batch,
                                  const workflows::MirrorWalk& walk) override {
    if (pages == 0) {
      throw std::runtime_error("the disk is full");
    }
    --pages;
    workflows::MirrorChanges changes;
    for (const CandidateResponse& one : batch) {
      const auto [row, added] = rows.insert({one.interview_id, {}});
      if (added) {
        ++changes.added;
      } else if (row->second.gone || row->second.candidate != one) {
        ++changes.changed;
      }
      row->second = {one, walk.number, false};
    }
    state.unfinished = walk;
    state.last_walk = walk.number;
    return changes;
  }

  std::uint64_t finish(const workflows::MirrorWalk& walk,
                       std::optional<Timestamp> watermark) override {
    std::uint64_t gone = 0;
    for (auto& [id, row] : rows) {
      const bool covered = isWithin(row, {walk.created_after, walk.created_before});
      if (!row.gone && row.walk != walk.number && covered) {
        row.gone = true;
        ++gone;
      }
    }
    state.unfinished.reset();
    state.last_walk = walk.number;
    state.watermark = watermark;
    return gone;
  }

  static bool isWithin(const Row& row, const workflows::MirrorWindow& window) {
    const std::optional<Timestamp>& at = row.candidate.created_at;
    return (!window.created_after || (at && *at >= *window.created_after)) &&
           (!window.created_before || (at && *at <= *window.created_before));
  }

  std::size_t pages = 1'000;  // that can be stored before the disk is full
  std::map<std::string, Row> rows;
  workflows::MirrorState state;
};

/// The same, with windows.
class WindowSink : public MemorySink {
 public:
  std::optional<workflows::MirrorCount> count(const workflows::MirrorWindow& window) override {
    workflows::MirrorCount count;
    for (const auto& [id, row] : rows) {
      if (!row.gone) {
        ++(row.candidate.created_at ? count.dated : count.undated);
        count.dated -= row.candidate.created_at && !isWithin(row, window) ? 1U : 0U;
      }
    }
    return count;
  }

  std::optional<Timestamp> createdAt(const workflows::MirrorWindow& window,
                                     std::uint64_t index) override {
    std::vector<Timestamp> times;
    for (const auto& [id, row] : rows) {
      if (!row.gone && row.candidate.created_at && isWithin(row, window)) {
        times.push_back(*row.candidate.created_at);
      }
    }
    std::sort(times.begin(), times.end());
    return index < times.size() ? std::optional(times[index]) : std::nullopt;
  }

  std::uint64_t finish(const workflows::MirrorWalk& walk,
                       std::optional<Timestamp> watermark) override {
    if (walk.full) {
      state.last_full = walk.began_at;
    }
    return MemorySink::finish(walk, watermark);
  }
};

}  // namespace heymilo::test
