#pragma once

#include "curl/easy_handle.hpp"
#include "curl/multi_handle.hpp"
#include "curl/sockets.hpp"
#include "curl/transfer.hpp"
#include "heymilo/cancellation.hpp"

namespace heymilo {

/// A multi handle, which keeps a connection open, and the easy handle whose transfers it runs. For
/// one transfer at a time, on any thread. To be destroyed as a MultiHandle is.
class CurlHandle {
 public:
  /// Throws TransportError (not_sent) where libcurl has no memory.
  CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  /// To set the options of the next transfer, and to ask about the latest. Its reset() leaves the
  /// connection open.
  EasyHandle& easy() noexcept { return easy_; }

  /// The sockets of its connections, for the transfer to know.
  Sockets& sockets() noexcept { return sockets_; }

  /// Runs the transfer, for which the easy handle was prepared, on this thread, to its end or until
  /// it is cancelled.
  TransferResult perform(Transfer& transfer, const CancellationToken& cancellation);

  /// Whether another transfer may follow: not after one that failed or was cancelled.
  bool usable() const noexcept { return usable_; }

 private:
  TransferResult run(const CancellationToken& cancellation);
  TransferResult runAgain(Transfer& transfer, const CancellationToken& cancellation);
  TransferResult broken(CURLMcode code) noexcept;

  Sockets sockets_;    // older than the multi handle, which closes them
  MultiHandle multi_;  // older than the easy handle, which leaves it first
  EasyHandle easy_;
  bool usable_ = true;
};

}  // namespace heymilo
