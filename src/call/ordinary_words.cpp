#include "call/ordinary_words.hpp"

#include <algorithm>
#include <iterator>

#include "heymilo/models.hpp"
#include "json/type.hpp"

namespace heymilo {

namespace {

// The parameters of the operations, and what messages of an API are written with. Sorted.
// clang-format off
constexpr std::string_view kWords[] = {
    "able", "about", "above", "absent", "accept", "access", "account", "active", "add", "added",
    "address", "addresses", "admin", "after", "again", "against", "agent", "all", "allow",
    "allowed", "allows", "already", "also", "and", "another", "any", "api", "application",
    "archived", "are", "argument", "arguments", "array", "attempt", "attempts", "attribute",
    "authenticated", "authentication", "authorization", "authorize", "authorized", "available",
    "backend", "bad", "because", "been", "before", "begin", "beginning", "being", "below",
    "between", "billing", "blocked", "body", "boolean", "both", "busy", "but", "byte", "bytes",
    "call", "callback", "can", "candidate", "candidates", "cannot", "change", "changed",
    "character", "characters", "check", "checked", "client", "clients", "closed", "code",
    "column", "company", "complete", "completed", "configuration", "configured", "conflict",
    "connect", "connection", "constraint", "contact", "contacts", "contain", "contains",
    "content", "could", "count", "counts", "create", "created", "created_after", "created_before",
    "credential", "credentials", "credit", "credits", "critical", "currently", "cursor",
    "customer", "data", "database", "date", "day", "days", "deactivated", "decode", "decoded",
    "default", "delete", "deleted", "denied", "deprecated", "description", "detail", "details",
    "did", "different", "digit", "digits", "disable", "disabled", "docs", "document",
    "documentation", "documents", "does", "doing", "done", "due", "duplicate", "duplicated",
    "duplicates", "during", "each", "either", "element", "elements", "email", "empty", "enable",
    "enabled", "encoded", "encoding", "end", "ended", "ending", "endpoint", "endpoints", "entity",
    "entry", "equal", "error", "errors", "event", "events", "exceed", "exceeded", "exceeds",
    "exhausted", "exist", "existing", "exists", "expected", "expire", "expired", "expires",
    "expiry", "extra", "fail", "failed", "failure", "failures", "false", "fatal", "feature",
    "features", "field", "fields", "file", "files", "find", "finding", "first", "for",
    "forbidden", "form", "format", "found", "from", "full", "future", "gateway", "general", "get",
    "given", "greater", "had", "has", "have", "header", "here", "high", "hook", "host", "hour",
    "hours", "how", "http", "https", "id", "identifier", "identifiers", "ids", "illegal",
    "import", "imported", "inactive", "incomplete", "incorrect", "index", "info", "information",
    "ingest", "ingested", "ingestion", "input", "insufficient", "integer", "internal",
    "interview", "interviewer", "interviews", "into", "invalid", "issue", "issues", "item",
    "items", "its", "job", "jobs", "json", "key", "known", "large", "last", "later", "least",
    "length", "less", "letter", "letters", "limit", "limited", "limits", "link", "links", "list",
    "locked", "login", "long", "longer", "look", "lookup", "low", "maintenance", "malformed",
    "many", "mark", "match", "matches", "matching", "max", "maximum", "may", "media", "megabytes",
    "member", "members", "message", "method", "min", "minimum", "minute", "minutes", "missing",
    "moment", "month", "more", "most", "multiple", "must", "name", "names", "near", "need",
    "needed", "needs", "neither", "network", "new", "next", "none", "not", "notice", "now",
    "null", "number", "numbers", "object", "once", "one", "only", "open", "opened", "operation",
    "operations", "option", "optional", "options", "organization", "other", "out", "over",
    "overloaded", "owner", "page", "pages", "pagination", "parameter", "parameters", "parse",
    "parsed", "parsing", "past", "patch", "path", "payload", "payment", "pending", "per",
    "permission", "permissions", "permitted", "phone", "phone_number", "plan", "please",
    "position", "post", "posting", "posting_id", "postings", "present", "previous", "problem",
    "problems", "process", "processed", "processing", "profile", "prohibited", "properties",
    "property", "provide", "provided", "put", "query", "queue", "queued", "quota", "range",
    "rate", "reached", "read", "reason", "receive", "received", "record", "reference", "refused",
    "rejected", "remove", "removed", "repeat", "repeated", "request", "requests", "required",
    "resource", "respond", "responded", "response", "result", "results", "resume", "retry",
    "retrying", "return", "returned", "returns", "role", "roles", "route", "row", "rows", "same",
    "schema", "scope", "scopes", "screening", "second", "seconds", "see", "send", "sending",
    "sent", "server", "service", "session", "set", "setting", "settings", "several", "should",
    "since", "single", "size", "small", "soon", "source", "specified", "specify", "stage",
    "start", "started", "starting", "starting_after", "state", "status", "step", "still",
    "string", "succeeded", "success", "successful", "successfully", "such", "support",
    "supported", "suspended", "syntax", "task", "tasks", "team", "temporarily", "text", "texts",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "throttled", "time", "timed", "timeout", "token", "too", "total", "tried", "true", "try",
    "trying", "two", "type", "unable", "unauthorized", "unavailable", "under", "unexpected",
    "unique", "unknown", "unprocessable", "unsupported", "until", "update", "updated", "upload",
    "upstream", "url", "usage", "use", "used", "user", "valid", "validate", "validated",
    "validation", "value", "values", "version", "versions", "very", "violates", "violation",
    "wait", "warning", "was", "webhook", "week", "well", "were", "what", "when", "where", "which",
    "while", "who", "why", "will", "with", "within", "worker", "workspace", "workspaces", "wrong",
    "year", "yet", "you", "your"};
// clang-format on

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
