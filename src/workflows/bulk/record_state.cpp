#include "workflows/bulk/record_state.hpp"

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

std::string_view toString(RecordState state) noexcept {
  switch (state) {
    case RecordState::unsent:
      return "unsent";
    case RecordState::in_flight:
      return "in_flight";
    case RecordState::ingested:
      return "ingested";
    case RecordState::queued:
      return "queued";
    case RecordState::rejected:
      return "rejected";
    case RecordState::unresolved:
      return "unresolved";
  }
  return "unresolved";
}

RecordState recordStateOf(std::string_view text) {
  for (const RecordState state : {RecordState::unsent,
                                  RecordState::in_flight,
                                  RecordState::ingested,
                                  RecordState::queued,
                                  RecordState::rejected,
                                  RecordState::unresolved}) {
    if (text == toString(state)) {
      return state;
    }
  }
  throw StoreError("the journal contains a record state that this version does not know");
}

}  // namespace heymilo::workflows
