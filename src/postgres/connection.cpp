#include "postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

namespace heymilo::postgres {

namespace {

struct FreeResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

/// libpq's messages end with a line break and may have several lines.
std::string oneLine(const char* text) {
  std::string line = text == nullptr ? "" : text;
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) {
    line.pop_back();
  }
  for (char& c : line) {
    if (c == '\n' || c == '\t') {
      c = ' ';
    }
  }
  return line;
}

/// The server's sentence and its SQLSTATE, without the statement that PQresultErrorMessage()
/// quotes. `sqlstate` is empty, and the words are libpq's, where the connection was lost.
std::string refusal(const PGresult* result, const std::string& sqlstate) {
  const char* const sentence = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (sentence == nullptr || sqlstate.empty()) {
    return oneLine(PQresultErrorMessage(result));
  }
  return oneLine(sentence) + " (SQLSTATE " + sqlstate + ')';
}

/// Whether libpq would take a part of the user or the password for a host, a port or a database,
/// and quote it in its messages: one of them has a `/` or an `@` that is not percent-encoded. libpq
/// takes the text before the first `@` for them, if no `/` is before that.
bool hidesCredentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return false;
  }
  url.remove_prefix(scheme + 3);
  const std::size_t at = url.find('@');
  if (at != std::string_view::npos && at < url.find('/')) {
    url.remove_prefix(at + 1);
  }
  return url.substr(0, url.find('?')).find('@') != std::string_view::npos;
}

/// Whether the port is a number, or several; libpq would quote another one, which may be the
/// password of a URL without a host.
bool hasPort(const PQconninfoOption* option) {
  for (; option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == "port" && option->val != nullptr) {
      return std::string_view(option->val).find_first_not_of("0123456789,") ==
             std::string_view::npos;
    }
  }
  return true;
}

extern "C" void ignoreNotice(void* /*unused*/, const PGresult* /*unused*/) {}

}  // namespace

const std::string& Rows::text(std::size_t row, std::size_t column) const {
  const Value& value = rows.at(row).at(column);
  if (!value) {
    throw StatementError("a column of the result is NULL", "", true);
  }
  return *value;
}

long long Rows::number(std::size_t row, std::size_t column) const {
  const std::string& digits = text(row, column);
  long long value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw StatementError("a column of the result is not an integer", "", true);
  }
  return value;
}

struct Connection::Handle {
  explicit Handle(PGconn* opened) : connection(opened) {}
  ~Handle() { PQfinish(connection); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  PGconn* connection;
};

struct Connection::Deadline {
  explicit Deadline(std::chrono::milliseconds from_now)
      : limit(from_now), end(std::chrono::steady_clock::now() + from_now) {}

  /// In milliseconds, as poll() takes it; 0 where it has passed.
  int left() const {
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    return rest.count() <= 0 ? 0 : static_cast<int>(rest.count());
  }

  std::chrono::milliseconds limit;
  std::chrono::steady_clock::time_point end;
};

Connection::Connection(std::string url) : url_(std::move(url)) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(url_.c_str(), &message);
  PQfreemem(message);  // it may quote the password
  if (options == nullptr) {
    throw std::invalid_argument(
        "is not a connection URL of PostgreSQL, such as postgresql://user@host/database");
  }
  const bool has_port = hasPort(options);
  PQconninfoFree(options);
  if (!has_port || hidesCredentials(url_)) {
    throw std::invalid_argument(
        "has a port that is not a number, or an @ or a / in its user or password: write these as "
        "%40 and %2F");
  }
}

Connection::~Connection() = default;

void Connection::close() noexcept { handle_.reset(); }

void Connection::abandon() noexcept {
  if (handle_) {
    // PQfinish() would say goodbye to the server on the parent's session. With TLS it would also
    // use the parent's state, so that the memory is left as it is.
    const int socket = PQsocket(handle_->connection);
    if (socket >= 0) {
      ::close(socket);
    }
    static_cast<void>(handle_.release());
  }
}

void Connection::waitFor(bool readable, bool writable, const Deadline& deadline, bool sent) {
  pollfd descriptor{};
  descriptor.fd = PQsocket(handle_->connection);
  descriptor.events =
      static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));  // NOLINT
  for (;;) {
    const int ready = poll(&descriptor, 1, deadline.left());
    if (ready > 0) {
      return;
    }
    if (ready == 0) {
      close();
      throw StatementError(
          "timed out after " + std::to_string(deadline.limit.count()) + " ms", "", sent);
    }
    if (errno != EINTR) {
      close();
      throw StatementError("waiting for the server failed", "", sent);
    }
  }
}

void Connection::open(const Deadline& deadline) {
  if (handle_ && PQstatus(handle_->connection) == CONNECTION_OK) {
    return;
  }
  // Whatever PGCLIENTENCODING says: a text is the same one for all.
  const std::array<const char*, 3> names = {"dbname", "client_encoding", nullptr};
  const std::array<const char*, 3> values = {url_.c_str(), "UTF8", nullptr};
  handle_ = std::make_unique<Handle>(PQconnectStartParams(names.data(), values.data(), 1));
  if (handle_->connection == nullptr) {
    handle_.reset();
    throw std::bad_alloc();
  }
  // Details and contexts would quote rows and parameters.
  PQsetErrorVerbosity(handle_->connection, PQERRORS_TERSE);
  PQsetNoticeReceiver(handle_->connection, ignoreNotice, nullptr);  // else they go to stderr
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    if (status == PGRES_POLLING_FAILED || PQstatus(handle_->connection) == CONNECTION_BAD) {
      const std::string message = oneLine(PQerrorMessage(handle_->connection));
      close();
      throw StatementError("can't connect: " + message, "", false);
    }
    waitFor(status == PGRES_POLLING_READING, status == PGRES_POLLING_WRITING, deadline, false);
    status = PQconnectPoll(handle_->connection);
  }
  if (PQsetnonblocking(handle_->connection, 1) != 0) {
    close();
    throw StatementError("can't connect: the connection can't be made non-blocking", "", false);
  }
  ++generation_;
}

Rows Connection::run(const char* sql, const std::vector<Value>& parameters,
                     std::chrono::milliseconds limit) {
  const Deadline deadline(limit);
  open(deadline);
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const Value& value : parameters) {
    values.push_back(value ? value->c_str() : nullptr);
  }
  if (PQsendQueryParams(handle_->connection,
                        sql,
                        static_cast<int>(values.size()),
                        nullptr,
                        values.data(),
                        nullptr,
                        nullptr,
                        0) == 0) {
    const std::string message = oneLine(PQerrorMessage(handle_->connection));
    close();
    throw StatementError(message, "", true);
  }
  return collect(deadline);
}

void Connection::runScript(const char* sql, std::chrono::milliseconds limit) {
  const Deadline deadline(limit);
  open(deadline);
  if (PQsendQuery(handle_->connection, sql) == 0) {
    const std::string message = oneLine(PQerrorMessage(handle_->connection));
    close();
    throw StatementError(message, "", true);
  }
  collect(deadline);
}

Rows Connection::collect(const Deadline& deadline) {
  PGconn* const connection = handle_->connection;
  for (int flushed = PQflush(connection); flushed != 0; flushed = PQflush(connection)) {
    if (flushed < 0) {
      const std::string message = oneLine(PQerrorMessage(connection));
      close();
      throw StatementError(message, "", true);
    }
    waitFor(true, true, deadline, true);
    PQconsumeInput(connection);
  }
  Rows rows;
  std::optional<StatementError> error;
  for (;;) {
    while (PQisBusy(connection) != 0) {
      waitFor(true, false, deadline, true);
      if (PQconsumeInput(connection) == 0) {
        const std::string message = oneLine(PQerrorMessage(connection));
        close();
        throw StatementError(message, "", true);
      }
    }
    const Result result(PQgetResult(connection));
    if (!result) {
      break;
    }
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK) {
      rows.rows.clear();
      for (int row = 0; row < PQntuples(result.get()); ++row) {
        std::vector<Value>& values = rows.rows.emplace_back();
        for (int column = 0; column < PQnfields(result.get()); ++column) {
          if (PQgetisnull(result.get(), row, column) != 0) {
            values.emplace_back();
          } else {
            values.emplace_back(PQgetvalue(result.get(), row, column));
          }
        }
      }
    } else if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY && !error) {
      const char* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
      const std::string sqlstate = state == nullptr ? "" : state;
      // Without a SQLSTATE the connection was lost, perhaps after the server had committed.
      error.emplace(refusal(result.get(), sqlstate), sqlstate, sqlstate.empty());
    }
  }
  if (error) {
    if (PQstatus(connection) != CONNECTION_OK) {
      close();
    }
    throw StatementError(*error);
  }
  return rows;
}

}  // namespace heymilo::postgres
