#pragma once

#include "curl/easy_handle.hpp"
#include "curl/transfer.hpp"

namespace heymilo {

/// The answer of a transfer that has ended. Throws the TransportError that one without an answer
/// stands for: its text has the server's host and port, and what libcurl and the TLS library say;
/// nothing of request or answer.
HttpResponse answerOf(const EasyHandle& handle, Transfer& transfer, TransferResult result);

}  // namespace heymilo
