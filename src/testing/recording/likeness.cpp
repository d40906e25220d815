#include "testing/recording/likeness.hpp"

#include <utility>

namespace heymilo::testing::detail {

bool Likeness::fits(const Ordered& recorded, const Ordered& real) {
  if (recorded.is_object() && real.is_object()) {
    auto other = real.begin();
    for (auto inner = recorded.begin(); inner != recorded.end(); ++inner, ++other) {
      if (other == real.end() || !fits(Ordered(inner.key()), Ordered(other.key())) ||
          !fits(inner.value(), other.value())) {
        return false;
      }
    }
    return other == real.end();
  }
  if (recorded.is_array() && real.is_array()) {
    bool fit = recorded.size() == real.size();
    for (std::size_t i = 0; fit && i < recorded.size(); ++i) {
      fit = fits(recorded[i], real[i]);
    }
    return fit;
  }
  if (recorded.is_string() && real.is_string()) {
    const auto& text = recorded.get_ref<const std::string&>();
    return isPseudonymText(text) ? bind(text, real.get_ref<const std::string&>())
                                 : recorded == real;
  }
  if (isPseudonymNumber(recorded) && real.is_number()) {
    return bind(recorded.dump(), real.dump());
  }
  return recorded == real;
}

bool Likeness::bind(const std::string& made_up, const std::string& real) {
  const auto as_real = real_.try_emplace(made_up, real).first;
  const auto as_made_up = made_up_.try_emplace(real, made_up).first;
  return as_real->second == real && as_made_up->second == made_up;
}

Ordered Likeness::restored(const Ordered& recorded) const {
  if (recorded.is_object()) {
    Ordered result = Ordered::object();
    for (const auto& [key, inner] : recorded.items()) {
      result[restored(key)] = restored(inner);
    }
    return result;
  }
  if (recorded.is_array()) {
    Ordered result = Ordered::array();
    for (const Ordered& one : recorded) {
      result.push_back(restored(one));
    }
    return result;
  }
  if (recorded.is_string()) {
    return restored(recorded.get_ref<const std::string&>());
  }
  return isPseudonymNumber(recorded) ? Ordered::parse(restored(recorded.dump())) : recorded;
}

std::string Likeness::restored(const std::string& text) const {
  const auto known = real_.find(text);
  return known != real_.end() ? known->second : text;
}

}  // namespace heymilo::testing::detail
