#pragma once

#include "call/call.hpp"

namespace heymilo {

/// Carries the call out on the calling thread: waits for its turn, sends, and waits for retries.
/// Throws what errors.hpp lists, and what the caller's own callbacks throw.
void carryOut(Call& call);

/// The same, to the decoded response.
template <class Response>
Response responseOf(Call call) {
  carryOut(call);
  return call.response<Response>();
}

}  // namespace heymilo
