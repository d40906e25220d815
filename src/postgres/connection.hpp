#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace heymilo::postgres {

/// A statement failed, or its outcome is unknown. `what()` has the server's words, which name
/// hosts, users and tables, and no password.
class StatementError : public std::runtime_error {
 public:
  StatementError(const std::string& message, std::string sqlstate, bool maybe_committed)
      : std::runtime_error(message),
        sqlstate_(std::move(sqlstate)),
        maybe_committed_(maybe_committed) {}

  /// The five characters of SQLSTATE; empty where the server did not respond.
  const std::string& sqlstate() const noexcept { return sqlstate_; }
  /// The statement may have been carried out.
  bool maybeCommitted() const noexcept { return maybe_committed_; }

 private:
  std::string sqlstate_;
  bool maybe_committed_;
};

/// A parameter or a column: text, or NULL.
using Value = std::optional<std::string>;

/// What a statement returned.
struct Rows {
  std::vector<std::vector<Value>> rows{};

  bool empty() const noexcept { return rows.empty(); }
  std::size_t size() const noexcept { return rows.size(); }
  /// Throws StatementError where it is NULL.
  const std::string& text(std::size_t row, std::size_t column) const;
  /// Throws StatementError where it is NULL or not an integer.
  long long number(std::size_t row, std::size_t column) const;
};

/// One connection to PostgreSQL, opened by the first statement and again after a failure. It keeps
/// no session state: no prepared statements by name, no LISTEN, no advisory session locks, so that
/// it works through pgbouncer in transaction mode. For one thread at a time.
class Connection {
 public:
  /// `url`: postgresql://… or postgres://…, with the parameters of libpq. Throws
  /// std::invalid_argument where libpq can't read it; the message does not quote it.
  explicit Connection(std::string url);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs one statement, whose parameters are `$1`, `$2`, …. Connects first where that is needed.
  /// Throws StatementError: after `limit`, with the connection closed.
  Rows run(const char* sql, const std::vector<Value>& parameters, std::chrono::milliseconds limit);

  /// Runs several statements as one transaction of its own, without parameters.
  void runScript(const char* sql, std::chrono::milliseconds limit);

  /// Closes it without a word to the server; the next statement opens another one. A child of
  /// fork() calls abandon() instead.
  void close() noexcept;
  /// Forgets a connection that belongs to this process's parent: its descriptor is closed, and
  /// nothing is sent.
  void abandon() noexcept;

  /// Each opened connection has another number, from 1.
  unsigned long long generation() const noexcept { return generation_; }

 private:
  struct Handle;
  struct Deadline;

  void open(const Deadline& deadline);
  void waitFor(bool readable, bool writable, const Deadline& deadline, bool sent);
  Rows collect(const Deadline& deadline);

  const std::string url_;
  std::unique_ptr<Handle> handle_;
  unsigned long long generation_ = 0;
};

}  // namespace heymilo::postgres
