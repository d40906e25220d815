#include "heymilo/errors.hpp"
#include "heymilo/workflows/outbox.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/outbox/outbox_delivery.hpp"

namespace heymilo::workflows {

namespace {

void requireUsable(const OutboxOptions& options) {
  const auto refuse = [](const char* option, const char* reason) {
    throw InvalidArgumentError(option, reason);
  };
  if (options.key.empty() || options.key == "email") {
    refuse("key", "must be the NAME of the keys");
  }
  static_cast<void>(KeyRule(options.key));  // throws
  if (options.chunk == 0) {
    refuse("chunk", "must be at least 1");
  }
  if (options.concurrency == 0) {
    refuse("concurrency", "must be at least 1");
  }
  if (options.postings == 0) {
    refuse("postings", "must be at least 1");
  }
  if (options.patience == 0) {
    refuse("patience", "must be at least 1");
  }
  if (options.poll.count() <= 0) {
    refuse("poll", "must be more than 0");
  }
  if (options.expire_after.count() < 0) {
    refuse("expire_after", "must not be negative");
  }
  if (options.settling_time && options.settling_time->count() < 0) {
    refuse("settling_time", "must not be negative");
  }
  if (options.clock_margin.count() < 0) {
    refuse("clock_margin", "must not be negative");
  }
}

}  // namespace

OutboxResult deliverOutbox(const Client& client, Outbox& outbox, const OutboxOptions& options) {
  requireUsable(options);
  return OutboxDelivery(client, outbox, options).run();
}

}  // namespace heymilo::workflows
