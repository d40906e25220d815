#include "json/tree_sink.hpp"

#include <string>
#include <utility>

namespace heymilo::json {

void TreeSink::begin(nlohmann::json& target, std::size_t depth) {
  slot_ = &target;
  frames_.clear();
  depth_ = depth;
  done_ = false;
}

Path TreeSink::path() const {
  Path path;
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const Frame& frame = frames_[i];
    if (frame.container->is_array()) {
      // The element is already in its array.
      const bool begun = i + 1 != frames_.size();
      path.append(frame.container->size() - (begun ? 1 : 0));
    } else if (frame.key != nullptr) {
      path.append(*frame.key, false);
    }
  }
  return path;
}

void TreeSink::put(nlohmann::json value) {
  if (!frames_.empty() && frames_.back().container->is_array()) {
    frames_.back().container->push_back(std::move(value));
    slot_ = &frames_.back().container->back();
  } else {
    *slot_ = std::move(value);
  }
  done_ = frames_.empty();
}

void TreeSink::open(nlohmann::json container) {
  if (depth_ + frames_.size() >= kMaxDepth) {
    throw Mismatch{path(), "nested deeper than " + std::to_string(kMaxDepth) + " levels", true};
  }
  put(std::move(container));
  frames_.push({slot_});
  done_ = false;
}

void TreeSink::close() {
  frames_.pop();
  done_ = frames_.empty();
}

void TreeSink::null() { put(nullptr); }
void TreeSink::boolean(bool value) { put(value); }
void TreeSink::integer(std::int64_t value) {
  // As nlohmann's own parser does: a non-negative integer is unsigned.
  if (value < 0) {
    put(value);
  } else {
    put(static_cast<std::uint64_t>(value));
  }
}
void TreeSink::largeInteger(std::uint64_t value) { put(value); }
void TreeSink::number(double value) { put(value); }
void TreeSink::text(std::string_view value) { put(nlohmann::json::string_t(value)); }
void TreeSink::beginObject() { open(nlohmann::json::object()); }
void TreeSink::key(std::string_view name) {
  Frame& frame = frames_.back();
  const auto [position, fresh] =
      frame.container->get_ref<nlohmann::json::object_t&>().emplace(std::string(name), nullptr);
  frame.key = &position->first;
  if (!fresh) {
    throw Mismatch{path(), "duplicate property", true};
  }
  slot_ = &position->second;
}
void TreeSink::endObject() { close(); }
void TreeSink::beginArray() { open(nlohmann::json::array()); }
void TreeSink::endArray() { close(); }

}  // namespace heymilo::json
