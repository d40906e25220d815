// The cost of a request beyond libcurl itself: small requests up to the decoded response, and pages
// up to their body, next to the same requests with other clients. All take turns in one run:
// disturbances of the machine affect all of them equally. CPU time is this process's, user and
// system; the server is a separate process.
//
//   request_benchmark [--requests N]   N small requests of each kind, and N / 10 pages

#include <curl/curl.h>
#include <httplib.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "allocations.hpp"
#include "canned_server.hpp"
#include "curl/curl_transport.hpp"
#include "documents.hpp"
#include "heymilo/heymilo.hpp"
#include "json/codec.hpp"
#include "raw_curl.hpp"
#include "statistics.hpp"
#ifdef HEYMILO_PEER_CPPREST_CLIENT
#include "peers/cpprest_client.hpp"
#endif

namespace {

using benchmarks::CannedServer;
using benchmarks::median;
using benchmarks::RawCurl;
using Headers = RawCurl::Headers;
using Answer = heymilo::SingleResponse<heymilo::IngestCandidateResponse>;

constexpr const char* kTarget = "/api/v2/postings/post_2c9f4b7d1e60/candidates";
constexpr const char* kSmallAnswer =
    R"({"data":{"object":"candidate","interview_id":"int_5f2b9c1e7a000001",)"
    R"("interview_url":"https://app.example.com/interview/int_5f2b9c1e7a000001?token=)"
    R"(9d1f3c5b7a86e4d2c0b1a39f8e7d6c5b4a3928171605f4e3","posting_id":"post_2c9f4b7d1e60",)"
    R"("candidate":null},"meta":{"workspace":"ws_71d0"}})";

heymilo::CandidateIngestRequest person() {
  heymilo::CandidateIngestRequest person{"Ada Lovelace", "ada.lovelace@example.com"};
  person.phone_number = "+14155550123";
  person.metadata = {{"external_id", "ats-000001"}, {"source", "careers page"}};
  person.data = {{"city", "London"}, {"years", 12}};
  return person;
}

/// The headers that the client sends, for all subjects.
Headers headersOf(const std::string& body) {
  Headers headers = {{"X-API-KEY", "test-key"},
                     {"Accept", "application/json"},
                     {"User-Agent", "benchmark/1.0"},
                     {"Accept-Encoding", "gzip, br"}};
  if (!body.empty()) {
    headers.emplace_back("Content-Type", "application/json");
  }
  return headers;
}

/// Both ends on one processor. Waking another processor, in particular in a virtual machine, costs
/// as much as a small request, and which connection has to is random.
void stayOnOneProcessor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(sched_getcpu()), &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) {
    std::fputs("request_benchmark: not on one processor, the figures will vary\n", stderr);
  }
}

double microseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Cost {
  double wall;
  double cpu;  // user and system time of all threads of this process
};

Cost operator-(Cost a, Cost b) { return {a.wall - b.wall, a.cpu - b.cpu}; }

struct Subject {
  const char* name;
  std::function<std::size_t()> request;  // returns the received size
  std::size_t size;                      // that size, if all is well
  std::vector<double> wall{};
  std::vector<double> cpu{};

  Cost cost() const { return {median(wall), median(cpu)}; }
};

void sendOne(const Subject& subject) {
  if (subject.request() != subject.size) {
    throw std::runtime_error(std::string(subject.name) + ": not the answer that was sent");
  }
}

/// The CPU time of a turn, divided by its number of requests: other threads may do a part of it
/// late.
void takeTurn(Subject& subject, int requests) {
  sendOne(subject);  // while the cache is another's, and another's threads may still be at work
  const double cpu_before = microseconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int i = 0; i < requests; ++i) {
    const double before = microseconds(CLOCK_MONOTONIC);
    sendOne(subject);
    subject.wall.push_back(microseconds(CLOCK_MONOTONIC) - before);
  }
  subject.cpu.push_back((microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_before) / requests);
}

void measure(std::vector<Subject>& subjects, int requests, int requests_a_turn) {
  const bool show_progress = isatty(STDERR_FILENO) != 0;
  const int turns = (std::max)(1, requests / requests_a_turn);
  for (int turn = 1; turn <= turns; ++turn) {
    for (Subject& subject : subjects) {
      takeTurn(subject, requests_a_turn);
    }
    if (show_progress) {
      std::fprintf(stderr, "\r%d of %d%s", turn, turns, turn == turns ? "\r\033[K" : "");
    }
  }
}

constexpr std::size_t kParts = 10;  // of a run, whose ratios are told apart

/// The first subject is the reference. A ratio is the median of those of ten parts of the run, with
/// the least and the greatest of them.
void print(const std::vector<Subject>& subjects) {
  std::printf("  %-44s %10s %10s   %-22s %s\n", "", "median us", "CPU us", "ratio", "CPU");
  const Subject& base = subjects.front();
  for (const Subject& subject : subjects) {
    const Cost cost = subject.cost();
    std::printf("  %-44s %10.1f %10.1f   %-22s %.2f\n",
                subject.name,
                cost.wall,
                cost.cpu,
                text(benchmarks::ratioOf(benchmarks::partMedians(subject.wall, kParts),
                                         benchmarks::partMedians(base.wall, kParts)))
                    .c_str(),
                cost.cpu / base.cost().cpu);
  }
}

void measureSmall(const std::string& server, int requests) {
  const heymilo::CandidateIngestRequest request = person();
  const std::string body = heymilo::json::encode(request);
  const std::string url = server + kTarget;
  const std::size_t answer_size = std::string_view(kSmallAnswer).size();

  RawCurl raw(headersOf(body), url, body);
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = server;
  options.rate_limit.reset();
  const heymilo::Client client(options);
  const auto through_client = [&] {
    return client.ingestCandidate("post_2c9f4b7d1e60", request).data.interview_url.size();
  };
  const auto codec_alone = [&] {
    const std::string text = heymilo::json::encode(request);
    const auto answer = heymilo::json::decode<Answer>(kSmallAnswer);
    return text.size() + answer.data.interview_url.size();
  };
  const std::size_t interview_url_size = through_client();

  httplib::Client http(server);
  http.set_keep_alive(true);
  http.set_tcp_nodelay(true);
  const Headers plain = headersOf("");
  const httplib::Headers http_headers(plain.begin(), plain.end());

  enum { kRaw, kNewHandle, kClient, kCodec };  // indices of the subjects
  std::vector<Subject> subjects = {
      {"libcurl, one handle", [&] { return raw.send().size(); }, answer_size},
      {"libcurl, a new handle each",
       [&] { return RawCurl(headersOf(body), url, body).send().size(); },
       answer_size},
      {"heymilo::Client, to the decoded answer", through_client, interview_url_size},
      {"  encoding and decoding of that, alone", codec_alone, body.size() + interview_url_size},
      {"cpp-httplib, keep-alive",
       [&] { return http.Post(kTarget, http_headers, body, "application/json")->body.size(); },
       answer_size}};
#ifdef HEYMILO_PEER_CPPREST_CLIENT
  peers::CpprestClient cpprest(server);
  subjects.push_back(
      {"C++ REST SDK", [&] { return cpprest.post(kTarget, plain, body).size(); }, answer_size});
#endif
  measure(subjects, requests, 10);
  std::printf("A small request, ingestCandidate: %zu bytes to send, %zu to receive\n",
              body.size(),
              answer_size);
  print(subjects);

  const Cost base = subjects[kRaw].cost();
  const Cost aside = subjects[kClient].cost() - subjects[kCodec].cost();
  const Cost above = aside - base;
  std::vector<double> parts = benchmarks::partMedians(subjects[kClient].wall, kParts);
  const std::vector<double> codec = benchmarks::partMedians(subjects[kCodec].wall, kParts);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] -= codec[i];
  }
  std::printf(
      "  heymilo above libcurl, encoding and decoding aside: %.1f us, CPU %.1f us; ratio %s, CPU "
      "%.2f\n",
      above.wall,
      above.cpu,
      text(benchmarks::ratioOf(parts, benchmarks::partMedians(subjects[kRaw].wall, kParts)))
          .c_str(),
      aside.cpu / base.cpu);
  std::printf(
      "  allocations of one request: heymilo::Client %zu, of them encoding and decoding "
      "%zu; libcurl, one handle %zu\n",
      benchmarks::allocationsOf(through_client).count,
      benchmarks::allocationsOf(codec_alone).count,
      benchmarks::allocationsOf([&] { raw.send(); }).count);
}

void measurePages(const std::string& server, const std::string& page, int requests) {
  const std::string target = std::string(kTarget) + "?limit=100";
  const std::string url = server + target;
  RawCurl raw(headersOf(""), url);
  RawCurl raw_buffered(headersOf(""), url, "", 256L << 10);
  RawCurl raw_kept(headersOf(""), url, "", 256L << 10);
  std::string kept;

  const auto transport = heymilo::makeCurlTransport({});
  heymilo::HttpRequest request;
  request.method = "GET";
  request.url = url;
  const Headers plain = headersOf("");
  for (const auto& [name, value] : plain) {
    request.headers.add(name, value);
  }
  const heymilo::ClientOptions defaults;
  request.connect_timeout = defaults.connect_timeout;
  request.timeout = defaults.timeout;
  request.max_response_bytes = defaults.max_response_bytes;
  request.idempotent = true;

  httplib::Client http(server);
  http.set_keep_alive(true);
  http.set_tcp_nodelay(true);
  const httplib::Headers http_headers(plain.begin(), plain.end());

  std::vector<Subject> subjects = {
      {"libcurl, one handle", [&] { return raw.send().size(); }, page.size()},
      {"libcurl, buffer of 256 kB", [&] { return raw_buffered.send().size(); }, page.size()},
      {"libcurl, that and a string that is kept",
       [&] {
         kept.clear();
         raw_kept.send(kept);
         return kept.size();
       },
       page.size()},
      {"heymilo, its transport alone",
       [&] { return transport->send(request, {}).body.size(); },
       page.size()},
      {"cpp-httplib, keep-alive",
       [&] { return http.Get(target, http_headers)->body.size(); },
       page.size()}};
#ifdef HEYMILO_PEER_CPPREST_CLIENT
  peers::CpprestClient cpprest(server);
  subjects.push_back(
      {"C++ REST SDK", [&] { return cpprest.get(target, plain).size(); }, page.size()});
#endif
  measure(subjects, requests, 3);
  std::printf("\nA page of 280 candidates, to its body: %zu bytes to receive\n", page.size());
  print(subjects);
}

}  // namespace

int main(int argc, char** argv) {
  int requests = 3000;
  if (argc == 3 && std::string_view(argv[1]) == "--requests") {
    requests = std::atoi(argv[2]);
  }
  if ((argc != 1 && argc != 3) || requests <= 0) {
    std::fputs("usage: request_benchmark [--requests N]\n", stderr);
    return 2;
  }
  stayOnOneProcessor();
  try {
    const std::string page = benchmarks::pageText(280);
    const auto small_body = std::make_shared<const std::string>(kSmallAnswer);
    const auto page_body = std::make_shared<const std::string>(page);
    const CannedServer server([&](std::string_view target) {
      return target.find('?') == std::string_view::npos ? small_body : page_body;
    });
    measureSmall(server.url(), requests);
    measurePages(server.url(), page, (std::max)(3, requests / 10));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "request_benchmark: %s\n", error.what());
    return 1;
  }
  return 0;
}
