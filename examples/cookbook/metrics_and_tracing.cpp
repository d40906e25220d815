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
struct Told {
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
  FakeSpan(Told& told, std::string text) : told_(told), text_(std::move(text)) {}
  void SetAttribute(otel::nostd::string_view key,
                    const otel::common::AttributeValue& value) noexcept override {
    const std::string name(key);
    text_ += name == "heymilo.request_id" ? " with its id" : " " + name + "=" + textOf(value);
  }
  void SetStatus(otel::trace::StatusCode, otel::nostd::string_view) noexcept override {
    text_ += " error";
  }
  void End() noexcept override { told_.add(text_); }

 private:
  Told& told_;
  std::string text_;
};

class FakeTracer final : public otel::trace::Tracer {
 public:
  explicit FakeTracer(Told& told) : told_(told) {}
  otel::nostd::shared_ptr<otel::trace::Span> StartSpan(
      otel::nostd::string_view name, otel::Attributes attributes,
      const otel::trace::StartSpanOptions& options) noexcept override {
    const auto begun =
        static_cast<std::chrono::steady_clock::time_point>(options.start_steady_time);
    EXPECT_LE(begun, std::chrono::steady_clock::now());
    EXPECT_EQ(options.kind, otel::trace::SpanKind::kClient);
    return std::make_shared<FakeSpan>(told_, "span " + std::string(name) + textOf(attributes));
  }

 private:
  Told& told_;
};

template <class T>
class FakeHistogram final : public otel::metrics::Histogram<T> {
 public:
  explicit FakeHistogram(Told& told) : told_(told) {}
  void Record(T value, otel::Attributes attributes,
              const otel::context::Context&) noexcept override {
    told_.add((value > 0 ? "duration" : "no duration") + textOf(attributes));
  }

 private:
  Told& told_;
};

class FakeCounter final : public otel::metrics::Counter<std::uint64_t> {
 public:
  FakeCounter(Told& told, std::string name) : told_(told), name_(std::move(name)) {}
  void Add(std::uint64_t value, otel::Attributes attributes) noexcept override {
    if (name_ == "heymilo.client.waits") {
      told_.add("waits " + std::to_string(value) + textOf(attributes));
    }
  }

 private:
  Told& told_;
  std::string name_;
};

class FakeMeter final : public otel::metrics::Meter {
 public:
  explicit FakeMeter(Told& told) : told_(told) {}
  otel::nostd::unique_ptr<otel::metrics::Histogram<double>> CreateDoubleHistogram(
      otel::nostd::string_view, otel::nostd::string_view,
      otel::nostd::string_view) noexcept override {
    return std::make_unique<FakeHistogram<double>>(told_);
  }
  otel::nostd::unique_ptr<otel::metrics::Counter<std::uint64_t>> CreateUInt64Counter(
      otel::nostd::string_view name, otel::nostd::string_view,
      otel::nostd::string_view) noexcept override {
    return std::make_unique<FakeCounter>(told_, std::string(name));
  }

 private:
  Told& told_;
};

// [use]
heymilo::Client observedClient(heymilo::ClientOptions options, OpenTelemetryAdapter::Tracer tracer,
                               opentelemetry::metrics::Meter& meter) {
  options.on_event = OpenTelemetryAdapter(std::move(tracer), meter);
  return heymilo::Client(std::move(options));
}
// [/use]

TEST_F(MetricsAndTracing, TellOfEachRequest) {
  Told told;
  FakeMeter meter(told);
  const auto client = observedClient(options, std::make_shared<FakeTracer>(told), meter);
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  client.listCandidates("posting-id");
  const std::string method = " http.request.method=GET";
  const std::string route = " url.template=/api/v2/postings/{posting_id}/candidates";
  const std::string status = " http.response.status_code=";
  EXPECT_EQ(told.lines,
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
