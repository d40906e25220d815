#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/inline_stack.hpp"
#include "json/mismatch.hpp"
#include "json/sink.hpp"

namespace heymilo::json {

/// Builds a nlohmann::json. An object with a duplicate key is refused: one of the two values would
/// be lost.
class TreeSink final : public Sink {
 public:
  /// Puts the value into `target`, which is `depth` levels below the document's root.
  explicit TreeSink(nlohmann::json& target, std::size_t depth = 0) { begin(target, depth); }

  /// Restarts with another target.
  void begin(nlohmann::json& target, std::size_t depth);

  /// The value is complete.
  bool done() const noexcept { return done_; }

  /// The position below the target that is being read.
  Path path() const;

  void null() override;
  void boolean(bool value) override;
  void integer(std::int64_t value) override;
  void largeInteger(std::uint64_t value) override;
  void number(double value) override;
  void text(std::string_view value) override;
  void beginObject() override;
  void key(std::string_view name) override;
  void endObject() override;
  void beginArray() override;
  void endArray() override;

 private:
  struct Frame {
    nlohmann::json* container = nullptr;
    const std::string* key = nullptr;  // of an object: the property being read
  };

  void put(nlohmann::json value);
  void open(nlohmann::json container);
  void close();

  nlohmann::json* slot_ = nullptr;  // where the next value goes, outside of an array
  InlineStack<Frame, 4> frames_;
  std::size_t depth_ = 0;
  bool done_ = false;
};

}  // namespace heymilo::json
