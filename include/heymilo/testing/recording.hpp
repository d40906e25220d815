#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "heymilo/transport.hpp"

namespace heymilo::testing {

/// A Transport that records the traffic of another one, with made-up values for all personal data:
/// for tests with realistic traffic.
///
/// ```cpp
/// options.transport = std::make_shared<Recorder>(heymilo::makeTransport(options), "walk.ndjson");
/// ```
///
/// The file contains the following, and nothing else: methods, operations, statuses; names of
/// documented properties; numbers, booleans and times of these; known statuses and error codes;
/// `limit`, `created_after` and `created_before` of a list; Content-Type, Retry-After in seconds,
/// and Date of a response. All other texts are replaced by numbered ones, the same text by the same
/// one throughout the file, so that cursors still match: ids, names, addresses, numbers, links,
/// messages, `metadata` and `data` completely, including their keys, and bodies that are not JSON.
/// Keys, other headers and the server's name are not written. Before keeping the file, let a test
/// search it for data that it must not contain.
///
/// The file has a line of JSON for each request (NDJSON), written when the request has ended.
/// Thread-safe.
class Recorder final : public Transport {
 public:
  /// Creates or overwrites the file. Throws std::runtime_error if it can't be written, as send()
  /// does.
  Recorder(std::shared_ptr<Transport> real, const std::string& path);
  ~Recorder() override;

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A Transport that responds from a Recorder's file, each recorded request once.
///
/// A request takes the first unused recorded one that it matches: the same operation, query and
/// body. Any text matches a made-up one, if it is the same each time, and a time in the query
/// matches any time. The recorded program therefore matches with its original data, and with other
/// data of the same shape. Its real texts replace the made-up ones in the responses; everything
/// else is as recorded. Transport failures are repeated, with their kind and outcome.
///
/// A request without a match throws std::logic_error, which no layer of the library treats as a
/// network failure. Thread-safe.
class Replayer final : public Transport {
 public:
  /// Throws std::runtime_error if the file does not exist, or is not a recording.
  explicit Replayer(const std::string& path);
  ~Replayer() override;

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;

  /// The number of recorded requests that have not been used.
  std::size_t left() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::testing
