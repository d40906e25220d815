#include "ordinary_words.hpp"

#include <algorithm>
#include <iterator>

#include "heymilo/models.hpp"
#include "json/type.hpp"

namespace heymilo {

namespace {

// The parameters of the operations, and what messages of an API are written with.
constexpr std::string_view kWords[] = {"above",
                                       "accept",
                                       "access",
                                       "account",
                                       "active",
                                       "address",
                                       "after",
                                       "again",
                                       "all",
                                       "allow",
                                       "allowed",
                                       "already",
                                       "and",
                                       "another",
                                       "any",
                                       "api",
                                       "are",
                                       "argument",
                                       "array",
                                       "available",
                                       "bad",
                                       "been",
                                       "before",
                                       "between",
                                       "body",
                                       "boolean",
                                       "but",
                                       "call",
                                       "can",
                                       "candidate",
                                       "candidates",
                                       "cannot",
                                       "character",
                                       "characters",
                                       "code",
                                       "conflict",
                                       "contact",
                                       "contain",
                                       "contains",
                                       "content",
                                       "could",
                                       "created_after",
                                       "created_before",
                                       "date",
                                       "denied",
                                       "does",
                                       "duplicate",
                                       "each",
                                       "email",
                                       "empty",
                                       "entity",
                                       "entry",
                                       "error",
                                       "errors",
                                       "exceed",
                                       "exceeded",
                                       "exceeds",
                                       "exist",
                                       "exists",
                                       "expected",
                                       "expired",
                                       "extra",
                                       "fail",
                                       "failed",
                                       "false",
                                       "field",
                                       "fields",
                                       "first",
                                       "for",
                                       "forbidden",
                                       "form",
                                       "format",
                                       "found",
                                       "from",
                                       "full",
                                       "given",
                                       "greater",
                                       "has",
                                       "have",
                                       "header",
                                       "high",
                                       "http",
                                       "https",
                                       "input",
                                       "integer",
                                       "internal",
                                       "interview",
                                       "into",
                                       "invalid",
                                       "its",
                                       "json",
                                       "key",
                                       "known",
                                       "large",
                                       "last",
                                       "least",
                                       "length",
                                       "less",
                                       "limit",
                                       "list",
                                       "long",
                                       "longer",
                                       "low",
                                       "many",
                                       "mark",
                                       "max",
                                       "maximum",
                                       "may",
                                       "message",
                                       "method",
                                       "min",
                                       "minimum",
                                       "missing",
                                       "more",
                                       "most",
                                       "must",
                                       "new",
                                       "none",
                                       "not",
                                       "null",
                                       "number",
                                       "object",
                                       "one",
                                       "only",
                                       "other",
                                       "out",
                                       "page",
                                       "path",
                                       "payload",
                                       "permission",
                                       "phone",
                                       "please",
                                       "posting",
                                       "posting_id",
                                       "postings",
                                       "query",
                                       "range",
                                       "reached",
                                       "read",
                                       "reason",
                                       "record",
                                       "refused",
                                       "rejected",
                                       "request",
                                       "requests",
                                       "required",
                                       "resource",
                                       "response",
                                       "retry",
                                       "same",
                                       "second",
                                       "seconds",
                                       "see",
                                       "sent",
                                       "server",
                                       "set",
                                       "should",
                                       "size",
                                       "small",
                                       "starting_after",
                                       "state",
                                       "status",
                                       "step",
                                       "string",
                                       "such",
                                       "support",
                                       "than",
                                       "that",
                                       "the",
                                       "there",
                                       "this",
                                       "time",
                                       "timeout",
                                       "token",
                                       "too",
                                       "true",
                                       "try",
                                       "two",
                                       "type",
                                       "unauthorized",
                                       "unexpected",
                                       "unique",
                                       "unknown",
                                       "unsupported",
                                       "url",
                                       "use",
                                       "used",
                                       "user",
                                       "valid",
                                       "value",
                                       "was",
                                       "were",
                                       "will",
                                       "with",
                                       "within",
                                       "wrong",
                                       "you",
                                       "your"};

bool hasProperty(const detail::ObjectType& type, std::string_view name, int depth = 0);

bool valueHasProperty(const json::Type& type, std::string_view name, int depth) {
  switch (type.kind) {
    case json::Kind::object:
      return hasProperty(*type.object, name, depth);
    case json::Kind::array:
      return valueHasProperty(*type.element, name, depth);
    default:
      return false;
  }
}

/// Whether the schema, or one within it, has a property of that name.
bool hasProperty(const detail::ObjectType& type, std::string_view name, int depth) {
  constexpr int kDeepest = 8;
  for (std::size_t i = 0; i < type.count; ++i) {
    const json::FieldType& field = type.fields[i];
    if (field.name == name ||
        (depth < kDeepest && valueHasProperty(*field.type, name, depth + 1))) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool isOrdinaryWord(std::string_view word) {
  if (std::binary_search(std::begin(kWords), std::end(kWords), word)) {
    return true;
  }
  const detail::ObjectType* const types[] = {
      &detail::objectType<BulkCandidateIngestRequest>(),
      &detail::objectType<ListResponse<CandidateResponse>>(),
      &detail::objectType<SingleResponse<IngestCandidateResponse>>(),
      &detail::objectType<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>>(),
      &detail::objectType<SingleResponse<AsyncIngestResponse>>(),
      &detail::objectType<APIErrorResponse>(),
      &detail::objectType<HTTPValidationError>()};
  return std::any_of(std::begin(types), std::end(types), [word](const auto* type) {
    return hasProperty(*type, word);
  });
}

}  // namespace heymilo
