#include "support/database_url.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace support {

namespace {

bool startsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

/// Of a URL's parameters, those that say where the database is: `host=/run&port=5433`.
std::string placesAmong(std::string_view parameters) {
  std::string places;
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find('&'), parameters.size());
    const std::string_view parameter = parameters.substr(0, end);
    for (const std::string_view place : {"host=", "hostaddr=", "port=", "dbname=", "service="}) {
      if (startsWith(parameter, place)) {
        places += (places.empty() ? "?" : "&") + std::string(parameter);
      }
    }
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return places;
}

/// Where the next PostgreSQL URL begins, from a place on, in capitals too; npos: there is none.
std::size_t findUrl(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("://", from); at != std::string_view::npos;
       at = text.find("://", at + 1)) {
    for (const std::string_view scheme : {"postgresql", "postgres"}) {
      const std::size_t begin = at - std::min(at, scheme.size());
      if (begin >= from &&
          CLI::detail::to_lower(std::string(text.substr(begin, at - begin))) == scheme) {
        return begin;
      }
    }
  }
  return std::string_view::npos;
}

/// Whether a URL has a password, or is written so that a part of one may be taken for the host.
bool hasPassword(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  const std::size_t user = url.rfind('@');
  return (user != std::string_view::npos &&
          url.substr(0, user).find(':') != std::string_view::npos) ||
         url.find("password=") != std::string_view::npos;
}

}  // namespace

bool isPostgresUrl(std::string_view text) {
  return startsWith(text, "postgresql://") || startsWith(text, "postgres://");
}

std::string withoutCredentials(std::string_view url) {
  const std::size_t begin = url.find("://") + 3;
  const std::string_view scheme = url.substr(0, begin);
  url.remove_prefix(begin);
  const std::size_t query = std::min(url.find('?'), url.size());
  const std::string places = placesAmong(url.substr(std::min(query + 1, url.size())));
  url = url.substr(0, query);
  const std::size_t path = std::min(url.find('/'), url.size());
  const std::size_t user = url.substr(0, path).rfind('@');
  if (user != std::string_view::npos) {
    url.remove_prefix(user + 1);
  }
  if (url.find('@') != std::string_view::npos || places.find('@') != std::string::npos) {
    return {};
  }
  return std::string(scheme) + std::string(url) + places;
}

namespace {

std::string withoutUrlPasswords(std::string_view text) {
  constexpr std::string_view kEnds = " \t\r\n\"'";
  std::string safe;
  std::size_t done = 0;
  for (std::size_t at = findUrl(text, 0); at != std::string_view::npos; at = findUrl(text, done)) {
    const std::size_t end = std::min(text.find_first_of(kEnds, at), text.size());
    const std::string_view url = text.substr(at, end - at);
    safe += text.substr(done, at - done);
    if (hasPassword(url)) {
      const std::string place = withoutCredentials(url);
      safe += place.empty() ? "postgresql://***" : place;
    } else {
      safe += url;
    }
    done = end;
  }
  return safe.append(text.substr(done));
}

/// The end of a value in a connection string of libpq, which may be in single quotes.
std::size_t endOfValue(std::string_view text, std::size_t begin) {
  if (begin >= text.size() || text[begin] != '\'') {
    return std::min(text.find_first_of(" \t\r\n\"'", begin), text.size());
  }
  std::size_t at = begin + 1;
  while (at < text.size() && text[at] != '\'') {
    at += text[at] == '\\' ? 2U : 1U;
  }
  return std::min(at + 1, text.size());
}

}  // namespace

std::string withoutPasswords(std::string_view text) {
  constexpr std::string_view kKeyword = "password";
  std::string shown = withoutUrlPasswords(text);
  for (std::size_t at = shown.find(kKeyword); at != std::string::npos;
       at = shown.find(kKeyword, at + kKeyword.size())) {
    const std::size_t equals = shown.find_first_not_of(' ', at + kKeyword.size());
    if (equals != std::string::npos && shown[equals] == '=') {
      const std::size_t value = std::min(shown.find_first_not_of(' ', equals + 1), shown.size());
      shown.replace(value, endOfValue(shown, value) - value, "***");
    }
  }
  return shown;
}

}  // namespace support
