#pragma once

#include "heymilo/testing/recorded_request.hpp"
#include "heymilo/transport.hpp"
#include "testing/server/api/reply.hpp"
#include "testing/server/state/waiting_room.hpp"

/// A Transport to a server in the same process: no socket, and the same faults.
namespace heymilo::testing::detail {

/// The request as a server would receive it.
RecordedRequest receivedAs(const HttpRequest& request);

/// The result of a request with this reply, as Transport::send() defines it: waits for the reply's
/// delivery, or for the request's timeout, and then returns the response, or throws the error that
/// a client's transport would throw. Throws std::logic_error for raw bytes, which require a socket.
HttpResponse deliver(const HttpRequest& request, Reply reply, WaitingRoom& room,
                     const CancellationToken& cancellation);

/// Throws CancelledError for a cancellation before anything is sent.
void requireNotCancelled(const CancellationToken& cancellation);
/// Throws TransportError (not_sent) if HttpRequest::may_send does not allow the request.
void requireMaySend(const HttpRequest& request);
/// Throws ConnectionError if the room's server no longer exists.
void requireOpen(const WaitingRoom& room);

}  // namespace heymilo::testing::detail
