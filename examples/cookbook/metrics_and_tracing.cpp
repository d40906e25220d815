#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "opentelemetry_adapter.hpp"
#include "recipe.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using MetricsAndTracing = Recipe;
namespace otel = opentelemetry;

/// The recorded values, a line for each.
struct Recorded {
  void add(const std::string& line) {
    const std::lock_guard<std::mutex> lock(mutex);
    lines.push_back(line);
  }
  std::mutex mutex;
  std::vector<std::string> lines;
};

std::string textOf(const otel::common::AttributeValue& value) {
  std::ostringstream text;
  std::visit(
      [&](const auto& held) {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, otel::nostd::string_view>) {
          text << std::string(held);
        } else {
          text << held;
        }
      },
      value);
  return text.str();
}

std::string textOf(otel::Attributes attributes) {
  std::string text;
  for (const auto& [name, value] : attributes) {
    text += " " + std::string(name) + "=" + textOf(value);
  }
  return text;
}

class FakeSpan final : public otel::trace::Span {
 public:
  FakeSpan(Recorded& recorded, std::string text) : recorded_(recorded), text_(std::move(text)) {}
  void SetAttribute(otel::nostd::string_view key,
                    const otel::common::AttributeValue& value) noexcept override {
    const std::string name(key);
    text_ += name == "heymilo.request_id" ? " with its id" : " " + name + "=" + textOf(value);
  }
  void SetStatus(otel::trace::StatusCode, otel::nostd::string_view) noexcept override {
    text_ += " error";
  }
  void End() noexcept override { recorded_.add(text_); }

 private:
  Recorded& recorded_;
  std::string text_;
};

class FakeTracer final : public otel::trace::Tracer {
 public:
  explicit FakeTracer(Recorded& recorded) : recorded_(recorded) {}
  otel::nostd::shared_ptr<otel::trace::Span> StartSpan(
      otel::nostd::string_view name, otel::Attributes attributes,
      const otel::trace::StartSpanOptions& options) noexcept override {
    const auto begun =
        static_cast<std::chrono::steady_clock::time_point>(options.start_steady_time);
    EXPECT_LE(begun, std::chrono::steady_clock::now());
    EXPECT_EQ(options.kind, otel::trace::SpanKind::kClient);
    return std::make_shared<FakeSpan>(recorded_, "span " + std::string(name) + textOf(attributes));
  }

 private:
  Recorded& recorded_;
};

template <class T>
class FakeHistogram final : public otel::metrics::Histogram<T> {
 public:
  explicit FakeHistogram(Recorded& recorded) : recorded_(recorded) {}
  void Record(T value, otel::Attributes attributes,
              const otel::context::Context&) noexcept override {
    recorded_.add((value > 0 ? "duration" : "no duration") + textOf(attributes));
  }

 private:
  Recorded& recorded_;
};

class FakeCounter final : public otel::metrics::Counter<std::uint64_t> {
 public:
  FakeCounter(Recorded& recorded, std::string name) : recorded_(recorded), name_(std::move(name)) {}
  void Add(std::uint64_t value, otel::Attributes attributes) noexcept override {
    if (name_ == "heymilo.client.waits") {
      recorded_.add("waits " + std::to_string(value) + textOf(attributes));
    }
  }

 private:
  Recorded& recorded_;
  std::string name_;
};

class FakeMeter final : public otel::metrics::Meter {
 public:
  explicit FakeMeter(Recorded& recorded) : recorded_(recorded) {}
  otel::nostd::unique_ptr<otel::metrics::Histogram<double>> CreateDoubleHistogram(
      otel::nostd::string_view, otel::nostd::string_view,
      otel::nostd::string_view) noexcept override {
    return std::make_unique<FakeHistogram<double>>(recorded_);
  }
  otel::nostd::unique_ptr<otel::metrics::Counter<std::uint64_t>> CreateUInt64Counter(
      otel::nostd::string_view name, otel::nostd::string_view,
      otel::nostd::string_view) noexcept override {
    return std::make_unique<FakeCounter>(recorded_, std::string(name));
  }

 private:
  Recorded& recorded_;
};

// [use]
heymilo::Client observedClient(heymilo::ClientOptions options, OpenTelemetryAdapter::Tracer tracer,
                               opentelemetry::metrics::Meter& meter) {
  options.on_event = OpenTelemetryAdapter(std::move(tracer), meter);
  return heymilo::Client(std::move(options));
}
// [/use]

TEST_F(MetricsAndTracing, TellOfEachRequest) {
  Recorded recorded;
  FakeMeter meter(recorded);
  const auto client = observedClient(options, std::make_shared<FakeTracer>(recorded), meter);
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  client.listCandidates("posting-id");
  const std::string method = " http.request.method=GET";
  const std::string route = " url.template=/api/v2/postings/{posting_id}/candidates";
  const std::string status = " http.response.status_code=";
  EXPECT_EQ(recorded.lines,
            (std::vector<std::string>{
                "span listCandidates" + method + route + " http.request.resend_count=0" + status +
                    "503 with its id error",
                "duration" + method + route + status + "503",
                "waits 1 heymilo.operation=listCandidates heymilo.reason=retry",
                "span listCandidates" + method + route + " http.request.resend_count=1" + status +
                    "200 with its id",
                "duration" + method + route + status + "200"}));
}

}  // namespace
