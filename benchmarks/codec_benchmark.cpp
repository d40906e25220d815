// Decoding a page of 100 candidates and encoding a bulk body of 1,000 people, with this library and
// with alternatives. Prints Markdown: the medians of an interleaved run, and the ratios of its
// repetitions.
//
//   codec_benchmark [--benchmark_min_time=…] [--benchmark_repetitions=…] …

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "allocations.hpp"
#include "documents.hpp"
#include "json/codec.hpp"
#include "json/fast_reader.hpp"
#include "json/model_sink.hpp"
#include "peers/by_hand.hpp"
#include "peers/peer.hpp"
#include "statistics.hpp"

namespace {

using heymilo::BulkCandidateIngestRequest;
using Page = by_hand::Page;

struct Subject {
  std::string name;
  std::function<void()> work;
};

/// The subjects of one kind of work; the first is the reference for the ratios.
struct Contest {
  std::string title;
  std::vector<Subject> subjects;
};

Page decodeWithFastReader(const std::string& text) {
  Page page;
  heymilo::json::ModelSink sink(heymilo::detail::objectType<Page>(), &page);
  if (!heymilo::json::readFast(text, text.capacity() - text.size(), sink)) {
    throw std::runtime_error("the fast reader does not take the page");
  }
  return page;
}

/// Takes the events of nlohmann's parser, and does nothing with them.
struct EmptyHandler {
  // NOLINTBEGIN(readability-identifier-naming): the names are the parser's
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t) { return true; }
  bool number_unsigned(std::uint64_t) { return true; }
  bool number_float(double, const std::string&) { return true; }
  bool string(const std::string&) { return true; }
  bool binary(const nlohmann::json::binary_t&) { return true; }
  bool start_object(std::size_t) { return true; }
  bool key(const std::string&) { return true; }
  bool end_object() { return true; }
  bool start_array(std::size_t) { return true; }
  bool end_array() { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    return false;
  }
  // NOLINTEND(readability-identifier-naming)
};

void parseAlone(const std::string& text) {
  EmptyHandler handler;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &handler)) {
    throw std::runtime_error("the parser does not take the page");
  }
}

void require(bool holds, const char* what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

struct Peer {
  const char* name;
  peers::Codec codec;
};

std::vector<Peer> peersFor([[maybe_unused]] const std::string& page,
                           [[maybe_unused]] const std::string& bulk) {
  std::vector<Peer> all;
#ifdef HEYMILO_PEER_QUICKTYPE
  all.push_back({"quicktype", peers::quicktype(page, bulk)});
#endif
#ifdef HEYMILO_PEER_CPPRESTSDK
  all.push_back({"openapi-generator, cpp-restsdk", peers::cppRestSdk(page, bulk)});
#endif
#ifdef HEYMILO_PEER_RAPIDJSON
  all.push_back({"RapidJSON, by hand", peers::rapidJson(page, bulk)});
#endif
  return all;
}

constexpr std::size_t kParser = 1;  // its place among the subjects of decoding

Contest decoding(const std::string& page, const std::vector<Peer>& peers) {
  const Page expected = heymilo::json::decode<Page>(page);
  require(by_hand::decodePageWithNlohmann(page).data == expected.data, "nlohmann by hand differs");
  require(by_hand::decodePageWithSimdjson(page).data == expected.data, "simdjson by hand differs");
  require(decodeWithFastReader(page).data == expected.data, "the fast reader differs");
  Contest contest{"Decode a page of 100 candidates, " + std::to_string(page.size() / 1000) + " kB",
                  {}};
  contest.subjects = {
      {"heymilo", [&page] { benchmark::DoNotOptimize(heymilo::json::decode<Page>(page)); }},
      {"  its parser alone, nlohmann's with an empty handler", [&page] { parseAlone(page); }},
      {"heymilo, HEYMILO_WITH_SIMDJSON",
       [&page] { benchmark::DoNotOptimize(decodeWithFastReader(page)); }},
      {"nlohmann tree, by hand",
       [&page] { benchmark::DoNotOptimize(by_hand::decodePageWithNlohmann(page)); }},
      {"simdjson On-Demand, by hand",
       [&page] { benchmark::DoNotOptimize(by_hand::decodePageWithSimdjson(page)); }}};
  for (const Peer& peer : peers) {
    contest.subjects.push_back(
        {peer.name, [&peer] { benchmark::DoNotOptimize(peer.codec.decode_page()); }});
  }
  contest.subjects.push_back(
      {"copying the finished structs", [expected] { benchmark::DoNotOptimize(Page(expected)); }});
  return contest;
}

Contest encoding(const BulkCandidateIngestRequest& bulk, const std::string& text,
                 const std::vector<Peer>& peers) {
  const auto expected = nlohmann::json::parse(text);
  require(nlohmann::json::parse(by_hand::encodeBulkWithNlohmann(bulk)) == expected,
          "nlohmann by hand differs");
  Contest contest{
      "Encode a bulk body of 1,000 people, " + std::to_string(text.size() / 1000) + " kB", {}};
  contest.subjects = {
      {"heymilo", [&bulk] { benchmark::DoNotOptimize(heymilo::json::encode(bulk)); }},
      {"nlohmann tree and dump, by hand",
       [&bulk] { benchmark::DoNotOptimize(by_hand::encodeBulkWithNlohmann(bulk)); }}};
  for (const Peer& peer : peers) {
    require(nlohmann::json::parse(peer.codec.encode_bulk()) == expected, peer.name);
    contest.subjects.push_back(
        {peer.name, [&peer] { benchmark::DoNotOptimize(peer.codec.encode_bulk()); }});
  }
  contest.subjects.push_back(
      {"copying the finished text", [&text] { benchmark::DoNotOptimize(std::string(text)); }});
  return contest;
}

/// Keeps the times of all repetitions.
class Times final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) {
        throw std::runtime_error(run.error_message);
      }
      if (run.aggregate_name.empty()) {
        of_[run.run_name.function_name].push_back(run.GetAdjustedCPUTime());
      }
    }
  }
  const std::vector<double>& of(const std::string& name) const { return of_.at(name); }

 private:
  std::map<std::string, std::vector<double>> of_;
};

/// A ratio is the median of those of the repetitions, with the least and the greatest of them.
void print(const Contest& contest, const Times& times) {
  std::printf("| %s | µs | ratio | allocations | peak KiB |\n| --- | --- | --- | --- | --- |\n",
              contest.title.c_str());
  const std::vector<double>& first = times.of(contest.title + contest.subjects.front().name);
  for (const Subject& subject : contest.subjects) {
    const std::vector<double>& time = times.of(contest.title + subject.name);
    const benchmarks::Allocations taken = benchmarks::allocationsOf(subject.work);
    std::printf("| %s | %.0f | %s | %zu | %zu |\n",
                subject.name.c_str(),
                benchmarks::median(time),
                text(benchmarks::ratioOf(time, first)).c_str(),
                taken.count,
                taken.peak_bytes / 1024);
  }
  std::puts("");
}

/// What decoding adds to the parser: the goal is 0.35 of it, making the structs included.
void printAboveParser(const Contest& decoding, const Times& times) {
  const auto of = [&](std::size_t subject) {
    return times.of(decoding.title + decoding.subjects[subject].name);
  };
  std::vector<double> above = of(0);
  const std::vector<double> parser = of(kParser);
  for (std::size_t i = 0; i < above.size(); ++i) {
    above[i] -= parser[i];
  }
  std::printf("Above its parser, decoding costs %s of it; making the structs alone %s.\n\n",
              text(benchmarks::ratioOf(above, parser)).c_str(),
              text(benchmarks::ratioOf(of(decoding.subjects.size() - 1), parser)).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  std::string page = benchmarks::pageText(100);
  page.reserve(page.size() + 64);  // as a body that came from the network is
  const BulkCandidateIngestRequest bulk = benchmarks::bulkRequest(1'000);
  const std::string text = heymilo::json::encode(bulk);
  const std::vector<Peer> peers = peersFor(page, text);
  const Contest contests[] = {decoding(page, peers), encoding(bulk, text, peers)};
  for (const Contest& contest : contests) {
    for (const Subject& subject : contest.subjects) {
      benchmark::RegisterBenchmark((contest.title + subject.name).c_str(),
                                   [&subject](benchmark::State& state) {
                                     for (auto _ : state) {
                                       subject.work();
                                     }
                                   })
          ->Unit(benchmark::kMicrosecond);
    }
  }
  Times times;
  benchmark::RunSpecifiedBenchmarks(&times);
  for (const Contest& contest : contests) {
    print(contest, times);
  }
  printAboveParser(contests[0], times);
  return 0;
}
