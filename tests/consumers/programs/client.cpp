// The purpose of each public header, in one small program that needs no server.
#include <heymilo/cancellation.hpp>
#include <heymilo/client.hpp>
#include <heymilo/errors.hpp>
#include <heymilo/models.hpp>
#include <heymilo/options.hpp>
#include <heymilo/pagination.hpp>
#include <heymilo/transport.hpp>
#include <heymilo/version.hpp>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

// Responds to every request with the same page.
class OnePage : public heymilo::Transport {
 public:
  heymilo::HttpResponse send(const heymilo::HttpRequest&,
                             const heymilo::CancellationToken&) override {
    heymilo::HttpResponse response;
    response.status = 200;
    response.headers.add("Content-Type", "application/json");
    response.body = R"({"object": "list", "data": [{"interview_id": "i1", "posting_id": "p1",
        "name": "Ada", "email": "ada@example.com", "status": "completed"}],
        "pagination": {"has_more": false, "total_count": 1}})";
    return response;
  }
};

void check(bool holds, const char* what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

heymilo::ClientOptions options() {
  heymilo::ClientOptions options;
  options.api_key = "key";
  options.base_url = "http://127.0.0.1:1";  // a port that nothing listens on
  options.proxy = "";
  options.retry.max_retries = 0;
  return options;
}

void modelsConvert() {
  heymilo::CandidateIngestRequest request;
  request.name = "Ada";
  request.email = "ada@example.com";
  const nlohmann::json json = request;
  check(json.get<heymilo::CandidateIngestRequest>() == request, "a model comes back the same");

  heymilo::CandidateResponse candidate;
  candidate.status = heymilo::CandidateStatus::completed;
  const nlohmann::json row{{"status", candidate.status},
                           {"is", heymilo::CandidateStatus::pending},
                           {"outcome", heymilo::Outcome::unknown}};
  check(row.dump() == R"({"is":"pending","outcome":"unknown","status":"completed"})",
        "what the API sends as a text is one");
  check(row["status"].get<heymilo::CandidateStatus>() == candidate.status &&
            row["status"] == candidate.status && row["is"] == heymilo::CandidateStatus::pending,
        "a status is read and compared");
}

void rangeWalks() {
  heymilo::ClientOptions given = options();
  given.transport = std::make_shared<OnePage>();
  const heymilo::Client client(given);
  int count = 0;
  for (const heymilo::CandidateResponse& candidate : client.listAllCandidates("p1")) {
    check(candidate.status == heymilo::CandidateStatus::completed, "the status is read");
    ++count;
  }
  check(count == 1, "the range has one candidate");
}

void errorsAreTyped() {
  const heymilo::Client client(options());
  try {
    client.listCandidates("p1");
    check(false, "an unreachable port throws");
  } catch (const heymilo::ConnectionError& error) {
    check(error.outcome() == heymilo::Outcome::not_sent, "nothing was sent");
    std::cout << "as expected: " << error.what() << '\n';
  }

  const heymilo::CancellationSource source;
  source.cancel();
  heymilo::RequestOptions cancelled;
  cancelled.cancellation = source.token();
  try {
    client.listCandidates("p1", {}, cancelled);
    check(false, "a cancelled call throws");
  } catch (const heymilo::CancelledError&) {
  }

  try {
    client.listCandidates("");
    check(false, "an empty posting id throws");
  } catch (const heymilo::InvalidArgumentError& error) {
    check(error.param() == "posting_id", "the error names the parameter");
  }
}

}  // namespace

int main() {
  try {
    std::cout << "heymilo " << heymilo::version() << ", C++ " << __cplusplus << '\n';
    check(heymilo::version() == std::to_string(HEYMILO_VERSION_MAJOR) + "." +
                                    std::to_string(HEYMILO_VERSION_MINOR) + "." +
                                    std::to_string(HEYMILO_VERSION_PATCH),
          "headers and library have the same version");
    modelsConvert();
    rangeWalks();
    errorsAreTyped();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "failed: " << error.what() << '\n';
    return 1;
  }
}
