#pragma once

#include <cstdint>
#include <string>

#include "base/inline_stack.hpp"
#include "json/mismatch.hpp"
#include "json/sink.hpp"
#include "json/tree_sink.hpp"
#include "json/type.hpp"

namespace heymilo::json {

/// Fills a model according to its table. Properties that the table does not list go to
/// additional_properties. Anything that does not match is thrown as a Mismatch; the model is then
/// partly filled, and the caller discards it.
class ModelSink final : public Sink {
 public:
  /// Fills `model`, which is newly constructed and outlives the sink.
  ModelSink(const detail::ObjectType& type, void* model);

  /// The position of the next value: where a truncated text ends.
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
  /// Where the next value goes.
  struct Slot {
    const Type* type;
    void* target;
  };
  /// A model, an array or a text map that is being read.
  struct Frame {
    const Type* type = nullptr;
    void* target = nullptr;
    const FieldType* field = nullptr;  // of a model: the one being read
    std::uint64_t seen = 0;            // of a model: the fields that were there, a bit each
    std::size_t count = 0;             // of an array: its elements up to the one being read
    const std::string* key = nullptr;  // of a text map or an unknown property: its name
    std::string* text = nullptr;       // of a text map: where the value goes
  };

  // The depth of the deepest schema, a page of candidates: only free-form values are deeper.
  static constexpr std::size_t kUsualDepth = 8;

  Slot next();
  void open(const Slot& slot);
  template <class... Value>
  void inTree(void (TreeSink::*event)(Value...), Value... value);
  void textMapKey(Frame& frame, std::string_view name);
  void unknownKey(Frame& frame, std::string_view name);
  Path modelPath(bool coming) const;

  [[noreturn]] void fail(const char* problem) const;
  [[noreturn]] void unexpected(const Type& expected, const char* found) const;

  Type root_type_{};
  Slot root_;
  InlineStack<Frame, kUsualDepth> frames_;
  nlohmann::json no_tree_;
  TreeSink tree_{no_tree_};
  bool in_tree_ = false;  // events go to tree_ until its value is complete
};

}  // namespace heymilo::json
