#pragma once

#include "curl/easy_handle.hpp"
#include "curl/transfer.hpp"

namespace heymilo {

/// The response of a completed transfer. A proxy that requires credentials (407) is thrown as a
/// ConnectionError, and a transfer without a response as the TransportError that it stands for. The
/// message contains the host and port of the server or, if the request came no further, of the
/// proxy, and the TLS library's message; nothing of the request or response, and no proxy
/// credentials.
HttpResponse responseOf(const EasyHandle& handle, Transfer& transfer, TransferResult result);

}  // namespace heymilo
