#pragma once

#include "curl/easy_handle.hpp"
#include "curl/transfer.hpp"

namespace heymilo {

/// The answer of a transfer that has ended; that of a proxy which wants credentials (407) is thrown
/// as a ConnectionError. Throws the TransportError that one without an answer
/// stands for: its text has the host and port of the server or, where it came no further, of the
/// proxy, and what the TLS library says; nothing of request or answer, and no proxy's credentials.
HttpResponse answerOf(const EasyHandle& handle, Transfer& transfer, TransferResult result);

}  // namespace heymilo
