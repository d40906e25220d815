#include <map>
#include <ostream>
#include <string>
#include <variant>

#include "heymilo/errors.hpp"
#include "heymilo/models/timestamp.hpp"
#include "json/number.hpp"
#include "json/type.hpp"

// The walker and its sinks refuse values that JSON can't represent. This writer is for log lines
// and must not fail: it prints whatever a model holds.
namespace heymilo::json {

namespace {

constexpr const char* kHidden = "\u2026";

/// JSON's escapes, and those of the control characters that JSON allows: DEL and U+0080 to U+009F,
/// which some terminals interpret.
std::string escaped(const nlohmann::json& value) {
  const std::string plain = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string text;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const auto byte = static_cast<unsigned char>(plain[i]);
    const auto next = static_cast<unsigned char>(i + 1 < plain.size() ? plain[i + 1] : 0);
    const bool c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f;
    if (byte == 0x7f || c1) {
      constexpr char kHex[] = "0123456789abcdef";
      const unsigned code = c1 ? next : byte;
      text += std::string("\\u00") + kHex[code >> 4] + kHex[code & 0xf];
      i += c1 ? 1 : 0;
    } else {
      text += plain[i];
    }
  }
  return text;
}

std::string timeText(Timestamp moment) {
  try {
    return escaped(formatTimestamp(moment));
  } catch (const InvalidArgumentError&) {  // the year does not fit the four digits of ISO-8601
    return escaped(secondsFromTimestamp(moment));
  }
}

class Describer {
 public:
  explicit Describer(bool all) : all_(all) {}

  void object(const detail::ObjectType& type, const void* object) {
    text_ += '{';
    bool first = true;
    const auto begin = [&](std::string_view name) {
      text_ += first ? "\"" : ",\"";
      text_ += name;
      text_ += "\":";
      first = false;
    };
    for (std::size_t i = 0; i < type.count; ++i) {
      const FieldType& field = type.fields[i];
      if (const void* member = field.peek(object)) {
        begin(field.name);
        value(*field.type, member, all_ || field.shown);
      }
    }
    const nlohmann::json& additional = *type.peek_additional(object);
    if (!additional
             .is_null()) {  // under the member's name: the names themselves may be personal data
      begin("additional_properties");
      text_ += all_ ? escaped(additional) : kHidden;
    }
    text_ += '}';
  }

  std::string take() { return std::move(text_); }

 private:
  void value(const Type& type, const void* value, bool shown) {
    if (type.kind == Kind::object) {
      return object(*type.object, value);
    }
    if (type.kind == Kind::array && (shown || type.element->kind == Kind::object)) {
      text_ += '[';
      for (std::size_t i = 0; i < type.size(value); ++i) {
        text_ += i == 0 ? "" : ",";
        this->value(*type.element, type.at(value, i), shown);
      }
      text_ += ']';
      return;
    }
    text_ += shown ? scalar(type, value) : kHidden;
  }

  static std::string scalar(const Type& type, const void* value) {
    switch (type.kind) {
      case Kind::text:
        return escaped(*static_cast<const std::string*>(value));
      case Kind::boolean:
        return escaped(*static_cast<const bool*>(value));
      case Kind::integer:
        return escaped(*static_cast<const std::int64_t*>(value));
      case Kind::number:
        return escaped(*static_cast<const double*>(value));
      case Kind::timestamp:
        return timeText(*static_cast<const Timestamp*>(value));
      case Kind::open_enum:
        return escaped(std::string(type.get_text(value)));
      case Kind::location: {
        const auto& location = *static_cast<const std::variant<std::string, std::int64_t>*>(value);
        const auto* name = std::get_if<std::string>(&location);
        return name ? escaped(*name) : escaped(*std::get_if<std::int64_t>(&location));
      }
      case Kind::text_map:
        return escaped(*static_cast<const std::map<std::string, std::string>*>(value));
      case Kind::free_form:
        return escaped(*static_cast<const nlohmann::json*>(value));
      case Kind::object:
      case Kind::array:
        break;  // handled by value()
    }
    return kHidden;
  }

  std::string text_;
  const bool all_;
};

}  // namespace

}  // namespace heymilo::json

namespace heymilo::detail {

std::string describe(const ObjectType& type, const void* object, bool all) {
  json::Describer describer(all);
  describer.object(type, object);
  return type.name + describer.take();
}

std::ostream& print(std::ostream& out, const ObjectType& type, const void* object) {
  return out << describe(type, object, false);
}

}  // namespace heymilo::detail
