#include "testing/recording/exchange.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/models/timestamp.hpp"
#include "testing/server/api/route.hpp"
#include "testing/server/in_process.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::string_view kAnyTime = "any time";

bool isTime(const std::string& text) {
  try {
    (void)parseTimestamp(text);
    return true;
  } catch (const InvalidArgumentError&) {
    return false;
  }
}

bool isShortNumber(const std::string& text) {
  constexpr std::size_t kLongest = 6;
  return text.size() <= kLongest && ascii::isNumber(text);
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, or a text of the same shape.
bool isDate(const std::string& text) {
  constexpr std::string_view kShape = "Aaa, 00 Aaa 0000 00:00:00 GMT";
  return text.size() == kShape.size() &&
         std::equal(text.begin(), text.end(), kShape.begin(), [](char c, char shape) {
           const bool letter = shape == 'A' || shape == 'a';
           return shape == '0' ? ascii::isDigit(c) : letter ? ascii::isLetter(c) : c == shape;
         });
}

Ordered queryOf(std::string_view query, Pseudonyms* pseudonyms) {
  Ordered result = Ordered::array();
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name = percentDecode(pair.substr(0, equals));
    std::string value = percentDecode(pair.substr(std::min(equals + 1, pair.size())));
    const bool time = (name == "created_after" || name == "created_before") && isTime(value);
    const bool kept = name == "limit" && isShortNumber(value);
    if (time) {
      value = kAnyTime;
    } else if (pseudonyms && !kept) {
      value = pseudonyms->text(name == "starting_after" ? "id" : "text", value);
    }
    constexpr std::array<std::string_view, 4> kNames = {
        "limit", "starting_after", "created_after", "created_before"};
    if (pseudonyms && std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
      name = pseudonyms->text("key", name);
    }
    result.push_back(Ordered::array({name, value}));
  }
  return result;
}

/// A body, as JSON or as any text.
void writeBody(Ordered& line, const std::string& body, Document kind, Pseudonyms* pseudonyms) {
  if (body.empty()) {
    return;
  }
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_discarded()) {
    line["text"] = pseudonyms ? pseudonyms->text("text", body) : body;
  } else {
    line["json"] = pseudonyms ? pseudonyms->document(json, kind) : Ordered(json);
  }
}

}  // namespace

Ordered written(const HttpRequest& request, Pseudonyms* pseudonyms, OperationTable operations) {
  const RecordedRequest received = receivedAs(request);
  const Route route = findRoute(operations, received.method, received.path);
  const auto id = [&](const std::string& text) {
    return pseudonyms && !text.empty() ? pseudonyms->text("id", text) : text;
  };
  const std::string operation = route.operationId();
  Ordered line = Ordered::object();
  line["operation"] = operation;
  line["method"] = request.method;
  line["path"] = operation.empty() ? id(received.path) : "";
  line["posting_id"] = id(route.parameter("posting_id"));
  for (const auto& [name, value] : route.parameters) {
    if (name != "posting_id") {
      line["parameters"][std::string(name)] = id(value);
    }
  }
  line["query"] = queryOf(received.query, pseudonyms);
  const bool bulk = operation.find("Bulk") != std::string::npos;
  writeBody(line, request.body, bulk ? Document::envelope : Document::item, pseudonyms);
  return line;
}

Ordered written(const HttpResponse& answer, Pseudonyms& pseudonyms) {
  Ordered line = Ordered::object();
  line["status"] = answer.status;
  Ordered headers = Ordered::object();
  if (const auto type = answer.headers.get("Content-Type")) {
    headers["Content-Type"] =
        type->find("json") != std::string::npos ? "application/json" : "text/plain";
  }
  if (const auto wait = answer.headers.get("Retry-After"); wait && isShortNumber(*wait)) {
    headers["Retry-After"] = *wait;
  }
  if (const auto date = answer.headers.get("Date"); date && isDate(*date)) {
    headers["Date"] = *date;
  }
  if (const auto id = answer.headers.get("X-Request-Id")) {
    headers["X-Request-Id"] = pseudonyms.text("id", *id);
  }
  line["headers"] = std::move(headers);
  writeBody(line, answer.body, Document::envelope, &pseudonyms);
  return line;
}

Ordered writtenFailure(const std::exception_ptr& error) {
  Ordered line = Ordered::object();
  const auto note = [&](const char* kind, const TransportError& failure) {
    line["failure"] = kind;
    line["outcome"] = toString(failure.outcome());
  };
  try {
    std::rethrow_exception(error);
  } catch (const ConnectionError& failure) {
    note("connection", failure);
    line["permanent"] = failure.permanent();
  } catch (const TimeoutError& failure) {
    note("timeout", failure);
  } catch (const CancelledError& failure) {
    note("cancelled", failure);
  } catch (const TransportError& failure) {
    note("transport", failure);
  }
  return line;
}

HttpResponse readAnswer(const Ordered& written) {
  if (written.contains("failure")) {
    const std::string what = "as it was recorded";
    const Outcome outcome =
        written.at("outcome") == "not_sent" ? Outcome::not_sent : Outcome::unknown;
    const auto& kind = written.at("failure").get_ref<const std::string&>();
    if (kind == "connection") {
      throw ConnectionError(what, outcome, written.at("permanent").get<bool>());
    }
    if (kind == "timeout") {
      throw TimeoutError(what, outcome);
    }
    if (kind == "cancelled") {
      throw CancelledError(what, outcome);
    }
    throw TransportError(what, outcome);
  }
  HttpResponse answer;
  answer.status = written.at("status").get<int>();
  for (const auto& [name, value] : written.at("headers").items()) {
    answer.headers.add(name, value.get<std::string>());
  }
  if (written.contains("json")) {
    answer.body = written.at("json").dump();
  } else if (written.contains("text")) {
    answer.body = written.at("text").get<std::string>();
  }
  return answer;
}

}  // namespace heymilo::testing::detail
