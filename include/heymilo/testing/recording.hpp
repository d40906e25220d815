#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "heymilo/transport.hpp"

namespace heymilo::testing {

/// A Transport that writes down what goes through another one, with made-up values in the place of
/// all that could be about somebody: for tests with traffic as it really is.
///
/// ```cpp
/// options.transport = std::make_shared<Recorder>(heymilo::makeTransport(options), "walk.ndjson");
/// ```
///
/// What is kept is what is listed here, and nothing else: methods, operations, statuses; names of
/// the properties that the API documents; numbers, booleans and times of these; statuses and error
/// codes that are known; `limit`, `created_after` and `created_before` of a list; Content-Type,
/// Retry-After in seconds, and Date of an answer. All other texts become numbered ones, the same
/// text the same one throughout the file, so that cursors still fit: ids, names, addresses,
/// numbers, links, messages, `metadata` and `data` whole, keys included, and what is not JSON.
/// Keys, other headers and the server's name are not written at all. A test of yours should still
/// look for what must not be in the file before it is kept.
///
/// The file has a line of JSON for each request (NDJSON), written when it has ended. All functions
/// may be called by any thread.
class Recorder final : public Transport {
 public:
  /// Begins the file anew. Throws std::runtime_error where it can't be written, as send() does.
  Recorder(std::shared_ptr<Transport> real, const std::string& path);
  ~Recorder() override;

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A Transport that answers from a Recorder's file, each recorded request once.
///
/// A request takes the first recorded one that it fits and that has not been used: the same
/// operation, query and body, where any text fits a made-up one as long as it is the same each
/// time, and a time in the query fits any time. So the program that was recorded fits with the data
/// that it had then, and with other data of the same shape. What it sent in the place of a made-up
/// text comes back in the answers; all else there is as it was recorded. Failures of the transport
/// are repeated, with their kind and outcome.
///
/// A request that fits none throws std::logic_error, which no layer of the library takes for a
/// failure of the network. All functions may be called by any thread.
class Replayer final : public Transport {
 public:
  /// Throws std::runtime_error where there is no such file, or it is no recording.
  explicit Replayer(const std::string& path);
  ~Replayer() override;

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override;

  /// How many recorded requests have not been made.
  std::size_t left() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::testing
