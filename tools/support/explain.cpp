#include "support/explain.hpp"

#include <chrono>
#include <heymilo/models/timestamp.hpp>
#include <utility>
#include <vector>

#include "support/printable.hpp"
#include "support/program.hpp"
#include "support/shared_quota.hpp"

namespace support {

namespace {

constexpr char kProxyAdvice[] =
    "The proxy from the environment failed. Check http_proxy, https_proxy and "
    "all_proxy, or add the API's host to no_proxy to bypass the proxy.";
constexpr char kUnreachableAdvice[] =
    "The API can't be reached. Check the network, the proxy if one is named above, and "
    "HEYMILO_BASE_URL, and try again.";

/// A line for each invalid value, unless there is only one and the first line names it.
std::string valuesAtFault(const heymilo::StatusError& error, const std::string& headline) {
  std::vector<std::string> values;
  for (const auto& detail : error.error().errors.value_or(std::vector<heymilo::APIErrorDetail>())) {
    const std::string place = detail.param ? *detail.param + ": " : std::string();
    values.push_back(printable(place + detail.message));
  }
  if (values.size() == 1 && headline.find(values.front()) != std::string::npos) {
    return {};
  }
  std::string lines;
  for (const std::string& value : values) {
    lines += "  " + value + '\n';
  }
  return lines;
}

std::string rateLimitAdvice(const heymilo::RateLimitError& error) {
  const auto wait = error.retryAfter();
  if (!wait) {
    return "The quota is used up. Run it again in a minute.";
  }
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  return "The quota is used up. Run it again in " + std::to_string(seconds) + " s.";
}

std::string advice(const heymilo::StatusError& error) {
  if (dynamic_cast<const heymilo::AuthenticationError*>(&error) != nullptr) {
    return "The API does not accept the key. Set HEYMILO_API_KEY to a valid one, and check "
           "HEYMILO_BASE_URL.";
  }
  if (dynamic_cast<const heymilo::PermissionDeniedError*>(&error) != nullptr) {
    return "The key lacks the permission. Use another key, or set HEYMILO_WORKSPACE_ID to the "
           "workspace "
           "of the posting.";
  }
  if (dynamic_cast<const heymilo::NotFoundError*>(&error) != nullptr) {
    return "The API has no posting with this id. Check POSTING_ID and HEYMILO_BASE_URL, and set "
           "HEYMILO_WORKSPACE_ID if the posting belongs to another workspace.";
  }
  if (const auto* limited = dynamic_cast<const heymilo::RateLimitError*>(&error)) {
    return rateLimitAdvice(*limited);
  }
  if (dynamic_cast<const heymilo::ServerError*>(&error) != nullptr) {
    return error.requestId().empty()
               ? "The API has a problem. Try again later, or contact its support."
               : "The API has a problem. Try again later, or contact its support with the request "
                 "id above.";
  }
  if (error.status() < 400) {
    return "Unexpected status for this API: check HEYMILO_BASE_URL.";
  }
  constexpr int kProxyWantsCredentials = 407;
  if (error.status() == kProxyWantsCredentials) {
    return kProxyAdvice;
  }
  if (error.outcome() == heymilo::Outcome::unknown) {  // 408 and 499
    return "A gateway gave up waiting for the API. Try again later.";
  }
  return "The API refused the request. Correct the values that it names, and run it again.";
}

/// A journal and a mirror, which are files, have this error too.
bool isAboutQuota(const std::string& message) {
  for (const char* const words :
       {"quota file", "machine's quota:", "machineQuota:", "the quota's ", "the quota of this"}) {
    if (message.find(words) != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// Of a journal, an outbox or a mirror in PostgreSQL: the library's sentence has the server's
/// words.
std::string adviceOnPostgres(const std::string& message) {
  if (message.find("SQLSTATE 42501") != std::string::npos) {
    return "The user lacks a right. The first run makes the tables, and needs CREATE on the "
           "database. For later runs their owner can grant USAGE on the schema heymilo, and "
           "SELECT, "
           "INSERT, UPDATE and DELETE on its tables.";
  }
  if (message.find("can't connect") != std::string::npos) {
    return "Check that the server can be reached, and that it has this database and user.";
  }
  return {};
}

/// Empty where the message says what to do.
std::string advice(const heymilo::StoreError& error) {
  const std::string message = error.what();
  if (!isAboutQuota(message)) {
    if (message.find("in PostgreSQL") != std::string::npos) {
      return adviceOnPostgres(message);
    }
    return message.rfind("can't ", 0) == 0
               ? "Check the named file, and that its directory is writable."
               : "";
  }
  if (quotaIsInPostgres()) {
    return "Check HEYMILO_QUOTA (postgresql://...), that the server can be reached, and that it "
           "accepts the user.";
  }
  return "Correct that, or name another file in HEYMILO_QUOTA (machine:PATH), the same one for all "
         "programs that use the key.";
}

std::string advice(const heymilo::InvalidArgumentError& error) {
  if (error.param() == "base_url") {
    return "Correct the environment variable HEYMILO_BASE_URL. Example: "
           "https://api.heymilo.ai; http:// is only allowed for this machine.";
  }
  for (const auto& [option, variable] : {std::pair("api_key", "HEYMILO_API_KEY"),
                                         std::pair("workspace_id", "HEYMILO_WORKSPACE_ID"),
                                         std::pair("quota", "HEYMILO_QUOTA"),
                                         std::pair("HEYMILO_QUOTA", "HEYMILO_QUOTA"),
                                         std::pair("rate_limit", "HEYMILO_RATE_LIMIT"),
                                         std::pair("rate_limit.requests", "HEYMILO_RATE_LIMIT"),
                                         std::pair("HEYMILO_RATE_LIMIT", "HEYMILO_RATE_LIMIT"),
                                         std::pair("SSL_CERT_FILE", "SSL_CERT_FILE"),
                                         std::pair("SSL_CERT_DIR", "SSL_CERT_DIR")}) {
    if (error.param() == option) {
      return std::string("Correct the environment variable ") + variable + '.';
    }
  }
  return "Run with --help to see the valid values.";
}

std::string advice(const heymilo::ConnectionError& error) {
  switch (error.fault()) {
    case heymilo::ConnectionFault::proxy:
      return kProxyAdvice;
    case heymilo::ConnectionFault::certificate:
      return "The certificate is not trusted. If a CA of your organization issued it, such as that "
             "of "
             "with "
             "a gateway that inspects TLS, set SSL_CERT_FILE to a PEM file with that CA, or "
             "SSL_CERT_DIR to a directory; if one of them is set, check it.";
    case heymilo::ConnectionFault::other:
      break;
  }
  return kUnreachableAdvice;
}

std::string advice(const heymilo::Error& error) {
  if (const auto* status = dynamic_cast<const heymilo::StatusError*>(&error)) {
    return advice(*status);
  }
  if (dynamic_cast<const heymilo::CancelledError*>(&error) != nullptr) {
    return "It was stopped before it finished.";
  }
  if (dynamic_cast<const heymilo::TimeoutError*>(&error) != nullptr) {
    return "The API did not respond in time. Check the network, and the proxy if one is named "
           "above, "
           "and try again.";
  }
  if (const auto* connection = dynamic_cast<const heymilo::ConnectionError*>(&error)) {
    return advice(*connection);
  }
  if (dynamic_cast<const heymilo::TransportError*>(&error) != nullptr) {
    return kUnreachableAdvice;
  }
  if (dynamic_cast<const heymilo::DecodeError*>(&error) != nullptr) {
    return "The response does not have the API's documented format. Check HEYMILO_BASE_URL; if it "
           "is right, a newer version of this program may be needed.";
  }
  if (dynamic_cast<const heymilo::PaginationError*>(&error) != nullptr) {
    return "The API's list can't be read to its end. Try again later.";
  }
  if (const auto* argument = dynamic_cast<const heymilo::InvalidArgumentError*>(&error)) {
    return advice(*argument);
  }
  if (dynamic_cast<const heymilo::OverloadError*>(&error) != nullptr) {
    return "This machine is overloaded. Close other programs or raise the process limit "
           "(ulimit -u), and try again.";
  }
  if (const auto* store = dynamic_cast<const heymilo::StoreError*>(&error)) {
    return advice(*store);
  }
  return "Try again later.";
}

std::string whereToLook(std::chrono::system_clock::time_point began) {
  constexpr std::chrono::minutes kClocksDiffer{5};
  const auto since = std::chrono::floor<std::chrono::seconds>(began - kClocksDiffer);
  return "It is listed by " + programNamed("list_candidates") + " with --created-after " +
         heymilo::formatTimestamp(since) + ", if this machine's clock is right.\n";
}

}  // namespace

std::string explain(const heymilo::Error& error) {
  const std::string headline = printable(error.what());
  std::string values;
  if (const auto* status = dynamic_cast<const heymilo::StatusError*>(&error)) {
    values = valuesAtFault(*status, headline);
  }
  const std::string what_to_do = advice(error);
  return headline + '\n' + values + (what_to_do.empty() ? "" : what_to_do + '\n');
}

std::string explainSameAgain() {
  return "Running this again does not help as long as the API sends the same data.\n";
}

bool helpsToRunAgain(const heymilo::Error& error) {
  return dynamic_cast<const heymilo::DecodeError*>(&error) == nullptr;
}

std::string explain(const heymilo::UnreadableCandidate& candidate) {
  std::string lines = printable(candidate.error.what()) + "\n  interview_id: " +
                      (candidate.interview_id ? printable(*candidate.interview_id) : "unreadable");
  if (!candidate.interview_id && candidate.after) {
    lines += ", after " + printable(*candidate.after);
  }
  lines += "; place: " + printable(candidate.error.path());
  const std::string& request_id = candidate.error.http().request_id;
  if (!request_id.empty()) {
    lines += "; request id: " + printable(request_id);
  }
  return lines + '\n';
}

std::string explainUnreadable(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " candidate" : " candidates") + " can't be read. " +
         explainSameAgain() +
         "Send the lines above to the API's support, or use a newer version of this program.\n";
}

std::string ingestOutcome(const heymilo::Error& error,
                          std::chrono::system_clock::time_point began) {
  switch (error.outcome()) {
    case heymilo::Outcome::not_sent:
      return "Nothing was ingested: the API did not receive the request. It is safe to send it "
             "again.\n";
    case heymilo::Outcome::rejected:
      return "Nothing was ingested: the API refused the request.\n";
    case heymilo::Outcome::applied:
      return "It was ingested, by its status, but the response is unreadable: do not send it "
             "again, "
             "unless HEYMILO_BASE_URL was wrong. " +
             whereToLook(began);
    case heymilo::Outcome::unknown:
      break;
  }
  return "It may have been ingested: look before sending it again. " + whereToLook(began);
}

}  // namespace support
