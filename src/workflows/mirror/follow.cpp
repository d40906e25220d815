#include "heymilo/workflows/follow.hpp"

#include "heymilo/errors.hpp"
#include "workflows/mirror/follower.hpp"

namespace heymilo::workflows {

namespace {

void requireUsable(const FollowOptions& options) {
  const auto require = [](bool valid, const char* option, const char* reason) {
    if (!valid) {
      throw InvalidArgumentError(option, reason);
    }
  };
  require(isTimeOfOption(options.overlap), "overlap", "must be from 0 to 36500 days");
  require(options.concurrency != 0, "concurrency", "must not be 0");
  require(isTimeOfOption(options.erase_after), "erase_after", "must be from 0 to 36500 days");
  require(isTimeOfOption(options.full_after), "full_after", "must be from 0 to 36500 days");
  require(options.shortest_interval.count() > 0, "shortest_interval", "must be more than 0");
  require(options.longest_interval >= options.shortest_interval &&
              isTimeOfOption(options.longest_interval),
          "longest_interval",
          "must be from shortest_interval to 36500 days");
  require(options.requests_per_minute > 0, "requests_per_minute", "must be more than 0");
  require(options.silence.count() > 0 && isTimeOfOption(options.silence),
          "silence",
          "must be more than 0, and at most 36500 days");
}

}  // namespace

FollowResult followCandidates(const Client& client, std::string_view posting_id, MirrorSink& sink,
                              const FollowOptions& options) {
  requireUsable(options);
  return Follower(client, posting_id, sink, options).run();
}

}  // namespace heymilo::workflows
