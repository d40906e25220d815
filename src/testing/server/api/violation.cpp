#include "testing/server/api/violation.hpp"

#include "testing/server/state/json_writer.hpp"

namespace heymilo::testing::detail {

Reply unprocessable(const std::vector<Violation>& violations) {
  Reply reply;
  reply.status = 422;
  JsonWriter json(reply.body);
  json.beginObject().key("detail").beginArray();
  for (const Violation& violation : violations) {
    json.beginObject().key("type").text(violation.type);
    json.key("loc").raw(violation.loc.dump());
    json.key("msg").text(violation.msg);
    json.key("input").raw(violation.input.dump());
    if (!violation.context.is_null()) {
      json.key("ctx").raw(violation.context.dump());
    }
    json.endObject();
  }
  json.endArray().endObject();
  return reply;
}

}  // namespace heymilo::testing::detail
