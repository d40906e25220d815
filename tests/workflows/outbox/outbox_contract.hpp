#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "heymilo/workflows/outbox.hpp"

namespace heymilo_test {

/// The database of an outbox, as an application sees it: SQL over a connection of its own.
class OutboxDatabase {
 public:
  virtual ~OutboxDatabase() = default;

  virtual std::shared_ptr<heymilo::workflows::Outbox> open() = 0;
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() = 0;
  virtual void enqueue(const std::string& posting, const std::string& key,
                       const std::string& request) = 0;
  /// The column interview_id of a row.
  virtual std::string interviewOf(const std::string& posting, const std::string& key) = 0;
  /// Whether a key that was delivered waits again when it is inserted again.
  virtual bool waitsAgain() const { return false; }
  /// `state code request|-`; empty where there is no row.
  virtual std::string row(const std::string& posting, const std::string& key) = 0;

  /// enqueue() of somebody in the posting `p`.
  void enqueue(const std::string& key) {
    enqueue(
        "p", key, R"({"name": "Person )" + key + R"(", "email": "p)" + key + R"(@example.com"})");
  }
};

/// A rule that holds for each store, with an empty database.
struct OutboxRule {
  const char* name;
  std::function<void(OutboxDatabase&)> check;
};
inline void PrintTo(const OutboxRule& rule, std::ostream* out) { *out << rule.name; }

/// Of Outbox.
std::vector<OutboxRule> outboxContract();
/// Of deliverOutbox() on it.
std::vector<OutboxRule> deliveryContract();
/// Of a store in which inserting a key again is never without a trace: waitsAgain().
std::vector<OutboxRule> correctionContract();

}  // namespace heymilo_test
