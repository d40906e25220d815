#include "testing/server/api/list_request.hpp"

#include <algorithm>
#include <string>

#include "testing/server/api/iso8601.hpp"
#include "testing/server/api/percent.hpp"
#include "testing/server/api/unicode.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr int kMaxLimit = 100;

class QueryReader {
 public:
  explicit QueryReader(ListRequest& request) : request_(request) {}

  void limit(const std::string& text) {
    const bool negative = text.size() > 1 && text[0] == '-';
    const std::string_view digits = std::string_view(text).substr(negative ? 1 : 0);
    const bool all_digits =
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits.empty() || !all_digits) {
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
    if (negative || number < 1) {
      note("limit",
           "greater_than_equal",
           "Input should be greater than or equal to 1",
           text,
           {{"ge", 1}});
    } else if (number > kMaxLimit) {
      note("limit",
           "less_than_equal",
           "Input should be less than or equal to 100",
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
  const auto parameters = parseQuery(query);
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
