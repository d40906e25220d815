#include "paging/second_reading.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/api_limits.hpp"
#include "json/codec.hpp"
#include "json/model_sink.hpp"
#include "json/outline.hpp"
#include "json/reader.hpp"
#include "json/tree_sink.hpp"
#include "json/type.hpp"
#include "json/walk.hpp"

namespace heymilo::detail {

namespace {

constexpr const char* kNoCursor = "must not be empty";

/// Whether the list can be continued after that candidate: a cursor must not be empty.
bool isCursor(const std::string& interview_id) noexcept { return !interview_id.empty(); }

/// A candidate's schema without required properties.
const ObjectType& partOfCandidate() {
  static const ObjectType type = [] {
    ObjectType all_optional = objectType<CandidateResponse>();
    all_optional.required = 0;
    return all_optional;
  }();
  return type;
}

bool fits(const nlohmann::json& properties) {
  CandidateResponse candidate;
  json::ModelSink sink(partOfCandidate(), &candidate);
  try {
    json::walk(properties, sink);
    return properties.count("interview_id") == 0 || isCursor(candidate.interview_id);
  } catch (const json::Mismatch&) {
    return false;
  }
}

std::optional<nlohmann::json> valueOf(std::string_view text) {
  try {
    nlohmann::json value;
    json::TreeSink sink(value);
    json::read(text, sink);
    return std::make_optional(std::move(value));
  } catch (const json::SyntaxError&) {
    return std::nullopt;
  } catch (const json::Mismatch&) {
    return std::nullopt;
  }
}

/// Records which properties are readable and which are not.
void readProperties(std::string_view text, bool broken, UnreadableCandidate& candidate) {
  candidate.readable = nlohmann::json::object();
  std::set<std::string> seen, faulty;
  for (const json::Member& member : json::membersOf(text)) {
    const std::optional<nlohmann::json> name = valueOf(member.name);
    if (!name || !name->is_string()) {
      faulty.emplace(member.name);
      continue;
    }
    const auto& key = name->get_ref<const std::string&>();
    nlohmann::json property = nlohmann::json::object();
    std::optional<nlohmann::json> value = valueOf(member.value);
    if (value) {
      property[key] = std::move(*value);
    }
    if (!seen.insert(key).second) {
      candidate.readable.erase(key);  // which of the two is correct cannot be determined
      faulty.insert(key);
    } else if (value && fits(property)) {
      candidate.readable.update(property);
    } else {
      faulty.insert(key);
    }
  }
  if (broken) {
    return;
  }
  const ObjectType& type = objectType<CandidateResponse>();
  for (std::size_t i = 0; i < type.count; ++i) {
    const json::FieldType& field = type.fields[i];
    if (field.required && seen.count(std::string(field.name)) == 0) {
      faulty.emplace(field.name);
    }
  }
  candidate.unreadable_properties.assign(faulty.begin(), faulty.end());
}

/// For the `index`-th candidate of a page. `text`: the candidate's own; `broken`: its structure
/// breaks.
UnreadableCandidate unreadable(const DecodeError& page, std::size_t index, std::string_view text,
                               bool broken, const json::Mismatch& mismatch) {
  json::Path place;
  place.append("data", true);
  place.append(index);
  json::Path path = mismatch.path;
  path.prepend(place);
  UnreadableCandidate candidate{
      {},
      {},
      {},
      {},
      {},
      DecodeError("unreadable candidate in the list: " + path.masked() + ": " + mismatch.problem,
                  path.whole(),
                  std::string(text),
                  page.http())};
  readProperties(text, broken, candidate);
  CandidateResponse part = readablePart(candidate);
  if (isCursor(part.interview_id)) {
    candidate.interview_id = std::move(part.interview_id);
  }
  candidate.created_at = part.created_at;
  return candidate;
}

/// One candidate of a page. `text`: its own. If its structure breaks, `rest` is the text from its
/// beginning on.
void readOne(LoadedPage& loaded, const DecodeError& page, std::size_t index, std::string_view text,
             std::optional<std::string_view> rest = std::nullopt) {
  try {
    CandidateResponse candidate = json::decode<CandidateResponse>(rest.value_or(text));
    if (!isCursor(candidate.interview_id)) {
      json::Path place;
      place.append("interview_id", true);
      throw json::Mismatch{place, kNoCursor, true};
    }
    loaded.page.data.push_back(std::move(candidate));
  } catch (const json::Mismatch& mismatch) {
    loaded.unreadable.push_back(
        {unreadable(page, index, text, rest.has_value(), mismatch), loaded.page.data.size()});
  }
}

/// The page after the second reading, without its text.
std::string textOf(const CandidatePage& page) {
  try {
    return json::encode(page);
  } catch (const json::Mismatch&) {
    return {};  // a user-defined loader
  }
}

[[noreturn]] void throwNoCursor(const CandidatePage& page, std::size_t index) {
  json::Path path;
  path.append("data", true);
  path.append(index);
  path.append("interview_id", true);
  throw DecodeError("unreadable candidate in the list: " + path.masked() + ": " + kNoCursor,
                    path.whole(),
                    textOf(page),
                    page.http);
}

/// Ends the page with a candidate whose interview_id is known.
void endWithACursor(LoadedPage& loaded) {
  const std::size_t readable = loaded.page.data.size();
  while (!loaded.unreadable.empty()) {
    const UnreadableInPage& last = loaded.unreadable.back();
    if (last.before < readable) {
      break;
    }
    if (last.candidate.interview_id) {
      loaded.next = last.candidate.interview_id;
      return;
    }
    loaded.unreadable.pop_back();
  }
  if (readable != 0) {
    loaded.next = loaded.page.data.back().interview_id;
  }
}

}  // namespace

LoadedPage loadedPage(CandidatePage page) {
  const auto faulty =
      std::find_if(page.data.begin(), page.data.end(), [](const CandidateResponse& one) {
        return !isCursor(one.interview_id);
      });
  if (faulty != page.data.end()) {
    throwNoCursor(page, static_cast<std::size_t>(faulty - page.data.begin()));
  }
  LoadedPage loaded;
  loaded.page = std::move(page);
  if (!loaded.page.data.empty()) {
    loaded.next = loaded.page.data.back().interview_id;
  }
  return loaded;
}

namespace {

/// Reads the body of a page's DecodeError again, candidate by candidate. Empty if the body is not a
/// page, if its envelope is unreadable, or if every candidate is readable: then the error has
/// another cause, and a candidate could be missing. If more candidates follow, the page ends with
/// one whose interview_id is known, as its cursor: the candidates after it are in the next page
/// again. If no interview_id is known, the page is returned empty and without a cursor.
std::optional<LoadedPage> readAgain(const DecodeError& error) {
  const std::optional<json::Outline> outline = json::outlineOf(error.rawBody(), "data");
  if (!outline) {
    return std::nullopt;
  }
  LoadedPage loaded;
  if (outline->broken) {
    // The remainder of the page is unknown: it is requested again.
    loaded.page.pagination.has_more = true;
  } else {
    try {
      loaded.page = json::decode<CandidatePage>(outline->envelope);
    } catch (const json::Mismatch&) {
      return std::nullopt;
    }
    if (!loaded.page.data.empty()) {
      return std::nullopt;
    }
  }
  loaded.page.http = error.http();
  std::size_t index = 0;
  for (const std::string_view text : outline->elements) {
    readOne(loaded, error, index++, text);
  }
  // The last candidate of a truncated text is in the next page again.
  const bool cut_off = outline->broken && outline->broken->cut_off && index != 0;
  if (outline->broken && !cut_off) {
    readOne(loaded, error, index, outline->broken->text, outline->broken->rest);
  }
  if (loaded.unreadable.empty() && !cut_off) {
    return std::nullopt;
  }
  if (loaded.page.pagination.has_more) {
    endWithACursor(loaded);
  }
  return loaded;
}

/// Sets the preceding candidate of each unreadable one.
void setPrecedingCandidates(LoadedPage& loaded, const std::optional<std::string>& cursor) {
  std::optional<std::string> after = cursor;
  std::size_t passed = 0;
  for (UnreadableInPage& one : loaded.unreadable) {
    if (one.before > passed) {
      passed = one.before;
      after = loaded.page.data[passed - 1].interview_id;
    }
    one.candidate.after = after;
    after = one.candidate.interview_id;
  }
}

}  // namespace

LoadedPage loadTolerantly(const CandidateWindowLoader& load, ListCandidatesParams params,
                          const CancellationToken& cancellation) {
  for (;;) {
    try {
      return loadedPage(load(params, cancellation));
    } catch (const DecodeError& error) {
      std::optional<LoadedPage> loaded = readAgain(error);
      if (!loaded) {
        throw;
      }
      if (!loaded->page.pagination.has_more || loaded->next) {
        loaded->error = std::current_exception();
        setPrecedingCandidates(*loaded, params.starting_after);
        return std::move(*loaded);
      }
      if (!params.limit || *params.limit >= api_limits::kMaxPage) {
        throw;
      }
      params.limit = api_limits::kMaxPage;
    }
  }
}

CandidateResponse readablePart(const UnreadableCandidate& candidate) {
  CandidateResponse part;
  json::ModelSink sink(partOfCandidate(), &part);
  json::walk(candidate.readable, sink);
  return part;
}

bool knownPartReadable(const UnreadableCandidate& candidate) {
  const ObjectType& type = objectType<CandidateResponse>();
  const auto& faulty = candidate.unreadable_properties;
  return !faulty.empty() &&
         std::none_of(type.fields, type.fields + type.count, [&](const json::FieldType& field) {
           return std::find(faulty.begin(), faulty.end(), field.name) != faulty.end();
         });
}

}  // namespace heymilo::detail
