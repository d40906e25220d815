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

/// Whether the list can be continued after that candidate: a cursor can't be empty.
bool isCursor(const std::string& interview_id) noexcept { return !interview_id.empty(); }

/// A candidate's schema with nothing required.
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

/// Fills in which properties can be read, and which can't.
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
      candidate.readable.erase(key);  // which of the two is right cannot be determined
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

/// Of the `index`-th candidate of a page. `text` is its own; `broken`: its structure breaks.
UnreadableCandidate unreadable(const DecodeError& page, std::size_t index, std::string_view text,
                               bool broken, const json::Mismatch& mismatch) {
  json::Path place;
  place.append("data", true);
  place.append(index);
  json::Path path = mismatch.path;
  path.prepend(place);
  UnreadableCandidate candidate{{},
                                {},
                                {},
                                {},
                                {},
                                DecodeError("a candidate of the list can't be read: " +
                                                path.masked() + ": " + mismatch.problem,
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

/// One candidate of a page: `text` is its own. Where that breaks, `rest` is all from there on.
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

/// The page as it is read again: its text is no longer known.
std::string textOf(const CandidatePage& page) {
  try {
    return json::encode(page);
  } catch (const json::Mismatch&) {
    return {};  // of a loader of the user's own
  }
}

[[noreturn]] void throwNoCursor(const CandidatePage& page, std::size_t index) {
  json::Path path;
  path.append("data", true);
  path.append(index);
  path.append("interview_id", true);
  throw DecodeError("a candidate of the list can't be read: " + path.masked() + ": " + kNoCursor,
                    path.whole(),
                    textOf(page),
                    page.http);
}

/// Ends the page with somebody whose interview_id is known.
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

/// Reads the body of a page's DecodeError once more, candidate by candidate. Empty where it is not
/// a page at all, where what is around the candidates can't be read, and where each of them can:
/// then something else is wrong, and somebody may be missing. A page that more candidates follow
/// ends with one whose interview_id is known, so that it has a cursor: whoever follows that one
/// comes again with the next page. It is as good as empty, and has no cursor, where nobody's is.
std::optional<LoadedPage> readAgain(const DecodeError& error) {
  const std::optional<json::Outline> outline = json::outlineOf(error.rawBody(), "data");
  if (!outline) {
    return std::nullopt;
  }
  LoadedPage loaded;
  if (outline->broken) {
    // Nothing is known of what follows: that is asked for.
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
  // Of a text that was cut off, the last one comes again with the next page.
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

/// Says of each who comes before it.
void tellPlaces(LoadedPage& loaded, const std::optional<std::string>& cursor) {
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
        tellPlaces(*loaded, params.starting_after);
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
