#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "json/mismatch.hpp"
#include "json/sink.hpp"

namespace heymilo_test {

/// Records a reader's events, to compare two readers.
class EventLog final : public heymilo::json::Sink {
 public:
  void null() override { add("null"); }
  void boolean(bool value) override { add(value ? "true" : "false"); }
  void integer(std::int64_t value) override { add("integer " + std::to_string(value)); }
  void largeInteger(std::uint64_t value) override { add("large " + std::to_string(value)); }
  void number(double value) override {
    std::uint64_t bits = 0;  // distinguishes 0.0 from -0.0
    std::memcpy(&bits, &value, sizeof bits);
    add("number " + std::to_string(bits));
  }
  void text(std::string_view value) override { add("text " + std::string(value)); }
  void beginObject() override { open("{"); }
  void key(std::string_view name) override { add("key " + std::string(name)); }
  void endObject() override { close("}"); }
  void beginArray() override { open("["); }
  void endArray() override { close("]"); }

  const std::string& events() const { return events_; }

 private:
  void add(std::string_view event) { events_.append(event).append("\n"); }
  void open(std::string_view event) {
    if (depth_++ == heymilo::json::kMaxDepth) {
      throw heymilo::json::Mismatch{{}, "too deep"};
    }
    add(event);
  }
  void close(std::string_view event) {
    --depth_;
    add(event);
  }

  std::string events_;
  std::size_t depth_ = 0;
};

}  // namespace heymilo_test
