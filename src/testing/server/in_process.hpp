#pragma once

#include "heymilo/testing/recorded_request.hpp"
#include "heymilo/transport.hpp"
#include "testing/server/api/reply.hpp"
#include "testing/server/state/waiting_room.hpp"

/// What a Transport does whose server is in the same process: no socket, and the same faults.
namespace heymilo::testing::detail {

/// The request as a server would have received it.
RecordedRequest receivedAs(const HttpRequest& request);

/// What becomes of a request that this is the reply to, as Transport::send() says: waits as long as
/// the reply's delivery does, or as the request may take, and then returns the answer, or throws
/// what the transport of a client whose connection was treated so would. Throws std::logic_error
/// for raw bytes, which take a socket.
HttpResponse deliver(const HttpRequest& request, Reply reply, WaitingRoom& room,
                     const CancellationToken& cancellation);

/// Throws CancelledError where that has been done before anything is sent.
void requireNotCancelled(const CancellationToken& cancellation);
/// Throws ConnectionError where the server that the room belongs to is no more.
void requireOpen(const WaitingRoom& room);

}  // namespace heymilo::testing::detail
