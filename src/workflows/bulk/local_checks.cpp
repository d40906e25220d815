#include "workflows/bulk/local_checks.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/transport.hpp"
#include "workflows/bulk/culprits.hpp"

namespace heymilo::workflows {

namespace {

/// What comes here has passed the checks.
class NoTransport final : public Transport {
 public:
  HttpResponse send(const HttpRequest&, const CancellationToken&) override {
    throw ConnectionError("nothing is sent", Outcome::not_sent, true);
  }
};

ClientOptions withoutTransport() {
  ClientOptions options;
  options.api_key = "none";
  options.rate_limit.reset();
  options.transport = std::make_shared<NoTransport>();
  return options;
}

}  // namespace

LocalChecks::LocalChecks() : client_(withoutTransport()) {}

std::map<std::size_t, APIErrorDetail> LocalChecks::refusedOf(
    BulkCandidateIngestRequest request) const {
  std::map<std::size_t, APIErrorDetail> refused;
  std::vector<std::size_t> places(request.data.size());
  for (std::size_t place = 0; place < places.size(); ++place) {
    places[place] = place;
  }
  while (!places.empty()) {
    try {
      client_.ingestCandidatesBulk("posting", request);
    } catch (const InvalidArgumentError& error) {
      auto culprit = culpritOf(error, places.size());
      if (!culprit) {
        throw;
      }
      const auto at = static_cast<std::ptrdiff_t>(culprit->first);
      refused.emplace(places[culprit->first], std::move(culprit->second));
      places.erase(places.begin() + at);
      request.data.erase(request.data.begin() + at);
      continue;
    } catch (const ConnectionError&) {
      // All others are fit to be sent.
    }
    break;
  }
  return refused;
}

}  // namespace heymilo::workflows
