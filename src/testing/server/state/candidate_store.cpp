#include "testing/server/state/candidate_store.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include "base/ascii.hpp"
#include "testing/server/state/luck.hpp"

namespace heymilo::testing::detail {

namespace {

// The interval between generated candidates, up to now.
constexpr std::chrono::microseconds kGeneratedSpacing{std::chrono::minutes{11}};

bool pointerListedBefore(const CandidatePointer& a, const CandidatePointer& b) {
  return listedBefore(*a, *b);
}

// A test's candidate must be an object that can be written as JSON: valid UTF-8.
void requireShowable(const nlohmann::json& given) {
  if (!given.is_object()) {
    throw std::invalid_argument("candidate must be a JSON object");
  }
  try {
    (void)given.dump();
  } catch (const nlohmann::json::type_error&) {
    throw std::invalid_argument("candidate must be valid UTF-8");
  }
}

std::optional<std::string> textAt(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) {
    return std::nullopt;
  }
  if (!found->is_string()) {
    throw std::invalid_argument(std::string(name) + " must be a string");
  }
  return found->get<std::string>();
}

std::optional<Timestamp> timeAt(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) {
    return std::nullopt;
  }
  constexpr double kMostSeconds = 253'402'300'800;  // year 10000
  const double since_1970 = found->is_number() ? found->get<double>() : -kMostSeconds;
  if (std::abs(since_1970) >= kMostSeconds) {
    throw std::invalid_argument(std::string(name) + " must be a Unix timestamp");
  }
  return Timestamp{std::chrono::microseconds{std::llround(since_1970 * 1e6)}};
}

}  // namespace

CandidateStore::CandidateStore(const LogicalClock& clock, std::uint64_t seed)
    : clock_(clock), seed_(scramble(seed)) {}

void CandidateStore::addPosting(std::string_view posting_id) {
  const std::lock_guard lock(mutex_);
  postings_.try_emplace(std::string(posting_id));
}

bool CandidateStore::hasPosting(std::string_view posting_id) const {
  const std::lock_guard lock(mutex_);
  return postings_.find(posting_id) != postings_.end();
}

std::optional<std::vector<CandidatePointer>> CandidateStore::ingest(std::string_view posting_id,
                                                                    std::vector<Person> people) {
  const std::lock_guard lock(mutex_);
  Posting* posting = find(posting_id);
  if (!posting) {
    return std::nullopt;
  }
  const Timestamp now = clock_.now();
  settle(posting_id, *posting, now);
  return addPeople(posting_id, *posting, std::move(people), now);
}

std::optional<std::string> CandidateStore::queue(std::string_view posting_id,
                                                 std::vector<Person> people,
                                                 std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  Posting* posting = find(posting_id);
  if (!posting) {
    return std::nullopt;
  }
  posting->queued.emplace(clock_.now() + delay, std::move(people));
  return "ing_" + hex(scramble(seed_ ^ ++last_ingestion_));
}

void CandidateStore::generate(std::string_view posting_id, std::size_t count) {
  const std::lock_guard lock(mutex_);
  Posting& posting = at(posting_id);
  const Timestamp now = clock_.now();
  settle(posting_id, posting, now);
  List candidates;
  candidates.reserve(count);
  for (std::size_t left = count; left > 0; --left) {
    Candidate candidate = make(posting_id, {});
    const auto jitter = std::chrono::microseconds{scramble(candidate.luck) % 1'000'000};
    candidate.created_at = now - static_cast<std::int64_t>(left) * kGeneratedSpacing + jitter;
    candidate.candidate_id = candidateId(generatePerson(candidate.luck).email);
    candidates.push_back(std::make_shared<const Candidate>(std::move(candidate)));
  }
  insert(posting, candidates);
}

std::string CandidateStore::add(std::string_view posting_id, const nlohmann::json& given) {
  requireShowable(given);
  const auto text = [&given](const char* name) { return textAt(given, name); };
  const std::lock_guard lock(mutex_);
  Posting& posting = at(posting_id);
  const Timestamp now = clock_.now();
  settle(posting_id, posting, now);
  Candidate candidate = make(posting_id, now);
  candidate.interview_id = text("interview_id").value_or(candidate.interview_id);
  if (by_id_.count(candidate.interview_id) > 0) {
    throw std::invalid_argument("interview_id already exists");
  }
  candidate.created_at = timeAt(given, "created_at").value_or(now);
  Person person = generatePerson(candidate.luck);
  person.name = text("name").value_or(person.name);
  person.email = text("email").value_or(person.email);
  candidate.candidate_id = candidateId(person.email);
  candidate.person = std::move(person);
  candidate.fixed = given.contains("status");
  candidate.overrides = given.empty() ? nlohmann::json() : given;
  insert(posting, {std::make_shared<const Candidate>(candidate)});
  return candidate.interview_id;
}

void CandidateStore::patch(std::string_view interview_id, const nlohmann::json& properties) {
  requireShowable(properties);
  for (const char* name : {"interview_id", "posting_id", "created_at"}) {
    if (properties.contains(name)) {
      throw std::invalid_argument(std::string(name) + " can't be changed");
    }
  }
  const std::lock_guard lock(mutex_);
  CandidatePointer& known = by_id_.at(candidateAt(interview_id)->interview_id);
  Candidate changed = *known;
  if (changed.overrides.is_null()) {
    changed.overrides = nlohmann::json::object();
  }
  changed.overrides.update(properties);
  List& listed = at(known->posting_id).listed;
  const auto place = std::lower_bound(listed.begin(), listed.end(), known, pointerListedBefore);
  known = std::make_shared<const Candidate>(std::move(changed));
  *place = known;
}

void CandidateStore::remove(std::string_view interview_id) {
  const std::lock_guard lock(mutex_);
  const CandidatePointer known = candidateAt(interview_id);
  List& listed = at(known->posting_id).listed;
  listed.erase(std::lower_bound(listed.begin(), listed.end(), known, pointerListedBefore));
  by_id_.erase(known->interview_id);
}

std::optional<Page> CandidateStore::list(std::string_view posting_id, const ListQuery& query) {
  const std::lock_guard lock(mutex_);
  Posting& posting = at(posting_id);
  Page page;
  page.now = clock_.now();
  settle(posting_id, posting, page.now);
  const List& listed = posting.listed;
  auto first = listed.begin();
  auto last = listed.end();
  if (query.created_after) {
    first = std::lower_bound(
        first, last, *query.created_after, [](const CandidatePointer& a, Timestamp moment) {
          return a->created_at < moment;
        });
  }
  if (query.created_before) {
    last = std::upper_bound(
        first, last, *query.created_before, [](Timestamp moment, const CandidatePointer& a) {
          return moment < a->created_at;
        });
  }
  page.total_count = static_cast<std::size_t>(last - first);
  if (query.starting_after) {
    const auto known = by_id_.find(*query.starting_after);
    if (known == by_id_.end() || known->second->posting_id != posting_id) {
      return std::nullopt;
    }
    first = std::upper_bound(first, last, known->second, pointerListedBefore);
  }
  const auto left = static_cast<std::size_t>(last - first);
  page.has_more = left > query.limit;
  const auto end = first + static_cast<std::ptrdiff_t>(std::min(left, query.limit));
  page.candidates.assign(first, end);
  return page;
}

Page CandidateStore::all(std::string_view posting_id) {
  ListQuery query;
  query.limit = (std::numeric_limits<std::size_t>::max)();
  return *list(posting_id, query);
}

CandidateStore::Posting* CandidateStore::find(std::string_view posting_id) {
  const auto found = postings_.find(posting_id);
  return found != postings_.end() ? &found->second : nullptr;
}

CandidateStore::Posting& CandidateStore::at(std::string_view posting_id) {
  Posting* posting = find(posting_id);
  return posting ? *posting : throw std::invalid_argument("unknown posting");
}

CandidatePointer CandidateStore::candidateAt(std::string_view interview_id) const {
  const auto found = by_id_.find(std::string(interview_id));
  return found != by_id_.end() ? found->second : throw std::invalid_argument("unknown candidate");
}

// Lists the queued people whose time has come. Called before any other access to the posting: the
// list only ever grows at its end.
void CandidateStore::settle(std::string_view posting_id, Posting& posting, Timestamp now) {
  while (!posting.queued.empty() && posting.queued.begin()->first <= now) {
    auto due = posting.queued.extract(posting.queued.begin());
    addPeople(posting_id, posting, std::move(due.mapped()), due.key());
  }
}

Candidate CandidateStore::make(std::string_view posting_id, Timestamp created_at) {
  const std::uint64_t sequence = ++last_sequence_;
  const std::uint64_t luck = scramble(seed_ + sequence);
  return Candidate{
      "int_" + hex(luck), {}, std::string(posting_id), created_at, sequence, luck, {}, false, {}};
}

CandidateStore::List CandidateStore::addPeople(std::string_view posting_id, Posting& posting,
                                               std::vector<Person> people, Timestamp created_at) {
  List candidates;
  candidates.reserve(people.size());
  for (Person& person : people) {
    Candidate candidate = make(posting_id, created_at);
    candidate.candidate_id = candidateId(person.email);
    candidate.person = std::move(person);
    candidates.push_back(std::make_shared<const Candidate>(std::move(candidate)));
  }
  insert(posting, candidates);
  return candidates;
}

// The candidates are sorted among themselves.
void CandidateStore::insert(Posting& posting, const List& candidates) {
  List& listed = posting.listed;
  const auto before = static_cast<std::ptrdiff_t>(listed.size());
  listed.insert(listed.end(), candidates.begin(), candidates.end());
  const auto middle = listed.begin() + before;
  if (before > 0 && middle != listed.end() && listedBefore(**middle, **std::prev(middle))) {
    std::inplace_merge(listed.begin(), middle, listed.end(), pointerListedBefore);
  }
  for (const CandidatePointer& candidate : candidates) {
    by_id_.emplace(candidate->interview_id, candidate);
  }
}

// One id for all interviews of a person, whom the API identifies by the e-mail address.
std::string CandidateStore::candidateId(std::string_view email) const {
  std::uint64_t number = seed_;
  for (const char c : ascii::toLower(email)) {
    number = scramble(number ^ static_cast<unsigned char>(c));
  }
  return "cand_" + hex(number);
}

}  // namespace heymilo::testing::detail
