#pragma once

#include <chrono>
#include <heymilo/options.hpp>
#include <memory>
#include <string_view>

#include "opentelemetry_api.hpp"

// [adapter]
/// Records each request in OpenTelemetry: a client span, its duration in the histogram
/// `http.client.request.duration`, and the number, duration and reason of waits. Names and
/// attributes follow the semantic conventions for HTTP. It has no state: events may arrive on any
/// number of threads in parallel.
class OpenTelemetryAdapter {
 public:
  using Tracer = opentelemetry::nostd::shared_ptr<opentelemetry::trace::Tracer>;

  OpenTelemetryAdapter(Tracer tracer, opentelemetry::metrics::Meter& meter)
      : tracer_(std::move(tracer)),
        duration_(meter.CreateDoubleHistogram("http.client.request.duration",
                                              "Duration of HTTP client requests", "s")),
        waits_(meter.CreateUInt64Counter("heymilo.client.waits", "Waits within calls", "{wait}")),
        waited_(meter.CreateUInt64Counter("heymilo.client.wait.time", "Time waited", "ms")) {}

  void operator()(const heymilo::Event& event) const {
    switch (event.kind) {
      case heymilo::EventKind::request:
        break;  // recorded when it has ended, with its duration
      case heymilo::EventKind::response:
      case heymilo::EventKind::failure:
        span(event);
        measure(event);
        break;
      case heymilo::EventKind::retry:
        wait(event, "retry");
        break;
      case heymilo::EventKind::throttled:
        wait(event, "quota");
        break;
    }
  }

 private:
  static opentelemetry::nostd::string_view view(std::string_view text) {
    return {text.data(), text.size()};
  }
  static bool failed(const heymilo::Event& event) {
    return event.kind == heymilo::EventKind::failure || event.status >= 400;
  }

  /// A span that started when the attempt started. Its parent is the active span of this thread, if
  /// there is one.
  void span(const heymilo::Event& event) const {
    opentelemetry::trace::StartSpanOptions options;
    options.kind = opentelemetry::trace::SpanKind::kClient;
    options.start_system_time =
        opentelemetry::common::SystemTimestamp(std::chrono::system_clock::now() - event.elapsed);
    options.start_steady_time =
        opentelemetry::common::SteadyTimestamp(std::chrono::steady_clock::now() - event.elapsed);
    const auto span = tracer_->StartSpan(view(event.operation),
                                         {{"http.request.method", view(event.method)},
                                          {"url.template", view(event.route)},
                                          {"http.request.resend_count", event.attempt - 1}},
                                         options);
    if (event.status != 0) {
      span->SetAttribute("http.response.status_code", event.status);
    }
    if (!event.request_id.empty()) {
      span->SetAttribute("heymilo.request_id", view(event.request_id));
    }
    if (failed(event)) {
      span->SetStatus(opentelemetry::trace::StatusCode::kError);
    }
    span->End();
  }

  void measure(const heymilo::Event& event) const {
    duration_->Record(std::chrono::duration<double>(event.elapsed).count(),
                      {{"http.request.method", view(event.method)},
                       {"url.template", view(event.route)},
                       {"http.response.status_code", event.status}},
                      opentelemetry::context::RuntimeContext::GetCurrent());
  }

  void wait(const heymilo::Event& event, const char* reason) const {
    waits_->Add(1, {{"heymilo.operation", view(event.operation)}, {"heymilo.reason", reason}});
    waited_->Add(static_cast<std::uint64_t>(event.wait.count()),
                 {{"heymilo.operation", view(event.operation)}, {"heymilo.reason", reason}});
  }

  Tracer tracer_;
  // Instruments are thread-safe, but not const.
  std::shared_ptr<opentelemetry::metrics::Histogram<double>> duration_;
  std::shared_ptr<opentelemetry::metrics::Counter<std::uint64_t>> waits_, waited_;
};
// [/adapter]
