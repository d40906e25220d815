#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "heymilo/workflows/bulk_ingest.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

/// Lists nobody, and has a receipt for each record of a request; stores nothing.
class ReceivingApi : public heymilo::Transport {
 public:
  /// `refusing`: each second request to ingest, the first one among them, is answered with 429.
  explicit ReceivingApi(bool refusing = false) : refusing_(refusing) {}

  heymilo::HttpResponse send(const heymilo::HttpRequest& request,
                             const heymilo::CancellationToken&) override {
    const heymilo::Headers headers{{"Content-Type", "application/json"}};
    if (request.method == "GET") {
      return {200, headers, R"({"data":[],"pagination":{"has_more":false,"total_count":0}})"};
    }
    if (refusing_ && ++posts_ % 2 == 1) {
      return {429, headers, R"({"error":{"type":"t","code":"rate_limited","message":"m"}})"};
    }
    std::string body = R"({"data":[)";
    constexpr std::string_view kOneEach = R"("email":)";
    for (std::size_t at = request.body.find(kOneEach); at != std::string::npos;
         at = request.body.find(kOneEach, at + 1)) {
      body += R"({"interview_id":"0123456789abcdef","interview_url":"https://example.com/i"},)";
    }
    body.back() = ']';
    return {201, headers, body + '}'};
  }

 private:
  const bool refusing_;
  std::atomic<int> posts_{0};
};

/// Ingests what the source has, with a new journal.
inline heymilo::workflows::BulkIngestResult ingestInto(std::shared_ptr<ReceivingApi> api,
                                                       const heymilo::workflows::BulkSource& source,
                                                       std::size_t chunk) {
  const TemporaryDirectory directory;
  heymilo::ClientOptions client_options;
  client_options.api_key = "test-key";
  client_options.base_url = "http://localhost";
  client_options.rate_limit.reset();
  client_options.retry.initial_backoff = std::chrono::milliseconds{1};
  client_options.retry.max_backoff = std::chrono::milliseconds{1};
  client_options.transport = std::move(api);
  heymilo::workflows::BulkIngestOptions options;
  options.journal = directory.file("journal");
  options.new_posting = true;
  options.chunk = chunk;
  return heymilo::workflows::bulkIngest(heymilo::Client(client_options), "p", source, options);
}

}  // namespace heymilo_test
