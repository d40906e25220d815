#include "testing/server/api/list_request.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "base/utf8.hpp"
#include "testing/server/api/iso8601.hpp"
#include "testing/server/api/limits.hpp"

namespace heymilo::testing::detail {

namespace {

std::string decodeParameter(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percentDecode(spaced);
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// The parameters of a query in order, decoded; a `+` is a space, as Python's urllib has it.
Parameters parseQuery(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    if (!parameter.empty()) {
      const std::size_t equals = std::min(parameter.find('='), parameter.size());
      const std::size_t value = std::min(equals + 1, parameter.size());
      parameters.emplace_back(decodeParameter(parameter.substr(0, equals)),
                              decodeParameter(parameter.substr(value)));
    }
  }
  return parameters;
}

class QueryReader {
 public:
  explicit QueryReader(ListRequest& request) : request_(request) {}

  void limit(const std::string& text) {
    const bool negative = text.size() > 1 && text[0] == '-';
    const std::string_view digits = std::string_view(text).substr(negative ? 1 : 0);
    if (!ascii::isNumber(digits)) {
      note("limit",
           "int_parsing",
           "Input should be a valid integer, unable to parse string as an integer",
           text);
      return;
    }
    // A number with more digits is greater than the limit in any case.
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    const std::string value(digits.substr(zeros, 9));
    const int number = std::stoi(value);
    if (negative || number < kMinLimit) {
      note("limit",
           "greater_than_equal",
           "Input should be greater than or equal to " + std::to_string(kMinLimit),
           text,
           {{"ge", kMinLimit}});
    } else if (number > kMaxLimit) {
      note("limit",
           "less_than_equal",
           "Input should be less than or equal to " + std::to_string(kMaxLimit),
           text,
           {{"le", kMaxLimit}});
    } else {
      request_.query.limit = static_cast<std::size_t>(number);
    }
  }

  void moment(const char* name, const std::string& text, std::optional<Timestamp>& moment) {
    const auto read = readIso8601(text);
    if (const auto* reason = std::get_if<const char*>(&read)) {
      note(name,
           "datetime_from_date_parsing",
           "Input should be a valid datetime or date, " + std::string(*reason),
           text,
           {{"error", *reason}});
    } else {
      moment = std::get<Timestamp>(read);
    }
  }

 private:
  void note(const char* name, const char* type, std::string message, const std::string& input,
            nlohmann::json context = {}) {
    request_.violations.push_back({(Location("query") / name).path(),
                                   type,
                                   std::move(message),
                                   isUtf8(input) ? nlohmann::json(input) : nlohmann::json(),
                                   std::move(context)});
  }

  ListRequest& request_;
};

}  // namespace

ListRequest readListRequest(std::string_view query) {
  const Parameters parameters = parseQuery(query);
  const auto last = [&](std::string_view name) -> const std::string* {
    const auto found = std::find_if(parameters.rbegin(), parameters.rend(), [&](const auto& entry) {
      return entry.first == name;
    });
    return found != parameters.rend() ? &found->second : nullptr;
  };
  ListRequest request;
  QueryReader reader(request);
  if (const std::string* text = last("limit")) {
    reader.limit(*text);
  }
  if (const std::string* text = last("starting_after")) {
    request.query.starting_after = *text;
  }
  if (const std::string* text = last("created_after")) {
    reader.moment("created_after", *text, request.query.created_after);
  }
  if (const std::string* text = last("created_before")) {
    reader.moment("created_before", *text, request.query.created_before);
  }
  return request;
}

}  // namespace heymilo::testing::detail
