#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

/// A PostgreSQL server of its own, in a temporary folder and on a Unix socket, started from the
/// programs of the Debian package `postgresql`. Where the tests run as root, which PostgreSQL does
/// not allow, it runs as another user. It is killed when the object goes.
class PostgresServer {
 public:
  /// Makes a database cluster and starts the server. Throws std::runtime_error.
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// postgresql://… of its database, for libpq.
  std::string url() const;
  /// The folder of its socket.
  std::string socketDirectory() const { return directory_->file("socket"); }

  enum class Stop { fast, immediate };
  void stop(Stop how);
  /// Starts it again after stop(), and waits until it accepts connections.
  void start();
  /// Stops all of its processes with SIGSTOP, or lets them go on.
  void freeze(bool on) const;
  /// Copies the cluster of a stopped server, or puts such a copy in its place.
  void save(const std::string& name) const;
  void restore(const std::string& name) const;

  /// Runs SQL by psql, and returns what it prints: values with `|` between columns, a line a row.
  /// Throws std::runtime_error with what psql says.
  std::string sql(std::string_view statements, const std::string& database = "heymilo") const;

 private:
  void run(std::vector<std::string> command, const std::string& what) const;

  std::unique_ptr<TemporaryDirectory> directory_;
  std::string programs_;  // the folder of initdb, postgres and psql
  std::string user_;      // empty: this one
  std::optional<RunningProcess> server_;
};

/// pgbouncer in transaction mode before a server, on a Unix socket.
class Pgbouncer {
 public:
  explicit Pgbouncer(const PostgresServer& server);
  Pgbouncer(const Pgbouncer&) = delete;
  Pgbouncer& operator=(const Pgbouncer&) = delete;

  std::string url() const;

 private:
  std::unique_ptr<TemporaryDirectory> directory_;
  std::optional<RunningProcess> process_;
};

}  // namespace heymilo_test
