#pragma once

// A stand-in for the API of opentelemetry-cpp 1.x, which is not needed to build this project: the
// names that opentelemetry_adapter.hpp uses, with the same parameters. With the library, include
// <opentelemetry/metrics/provider.h> and <opentelemetry/trace/provider.h> instead.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace opentelemetry {

namespace nostd {
template <class T>
using shared_ptr = std::shared_ptr<T>;
template <class T>
using unique_ptr = std::unique_ptr<T>;

class string_view {
 public:
  string_view(const char* text) : text_(text), size_(std::char_traits<char>::length(text)) {}
  string_view(const char* text, std::size_t size) : text_(text), size_(size) {}
  explicit operator std::string() const { return {text_, size_}; }

 private:
  const char* text_;
  std::size_t size_;
};
}  // namespace nostd

namespace common {
using AttributeValue = std::variant<bool, std::int32_t, std::int64_t, std::uint32_t, double,
                                    const char*, nostd::string_view, std::uint64_t>;

class SystemTimestamp {
 public:
  SystemTimestamp() = default;
  explicit SystemTimestamp(std::chrono::system_clock::time_point time) : time_(time) {}
  explicit operator std::chrono::system_clock::time_point() const { return time_; }

 private:
  std::chrono::system_clock::time_point time_{};
};

class SteadyTimestamp {
 public:
  SteadyTimestamp() = default;
  explicit SteadyTimestamp(std::chrono::steady_clock::time_point time) : time_(time) {}
  explicit operator std::chrono::steady_clock::time_point() const { return time_; }

 private:
  std::chrono::steady_clock::time_point time_{};
};
}  // namespace common

namespace context {
class Context {};
struct RuntimeContext {
  static Context GetCurrent() { return {}; }
};
}  // namespace context

using Attributes = std::initializer_list<std::pair<nostd::string_view, common::AttributeValue>>;

namespace metrics {
template <class T>
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Record(T value, Attributes attributes, const context::Context& context) noexcept = 0;
};

template <class T>
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Add(T value, Attributes attributes) noexcept = 0;
};

class Meter {
 public:
  virtual ~Meter() = default;
  virtual nostd::unique_ptr<Histogram<double>> CreateDoubleHistogram(
      nostd::string_view name, nostd::string_view description = "",
      nostd::string_view unit = "") noexcept = 0;
  virtual nostd::unique_ptr<Counter<std::uint64_t>> CreateUInt64Counter(
      nostd::string_view name, nostd::string_view description = "",
      nostd::string_view unit = "") noexcept = 0;
};
}  // namespace metrics

namespace trace {
enum class SpanKind { kInternal, kServer, kClient, kProducer, kConsumer };
enum class StatusCode { kUnset, kOk, kError };

struct StartSpanOptions {
  common::SystemTimestamp start_system_time{};
  common::SteadyTimestamp start_steady_time{};
  SpanKind kind = SpanKind::kInternal;
};

class Span {
 public:
  virtual ~Span() = default;
  virtual void SetAttribute(nostd::string_view key,
                            const common::AttributeValue& value) noexcept = 0;
  virtual void SetStatus(StatusCode code, nostd::string_view description = "") noexcept = 0;
  virtual void End() noexcept = 0;
};

class Tracer {
 public:
  virtual ~Tracer() = default;
  virtual nostd::shared_ptr<Span> StartSpan(nostd::string_view name, Attributes attributes,
                                            const StartSpanOptions& options) noexcept = 0;
};
}  // namespace trace

}  // namespace opentelemetry
