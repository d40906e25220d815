#pragma once

#include "curl/curl_options.hpp"
#include "curl/easy_handle.hpp"
#include "curl/header_lines.hpp"
#include "curl/multi_handle.hpp"
#include "curl/sockets.hpp"
#include "curl/transfer.hpp"
#include "heymilo/cancellation.hpp"

namespace heymilo {

/// A multi handle, which keeps a connection open, and the easy handle whose transfers it runs. For
/// one transfer at a time, on any thread. The destructor has the requirements of ~MultiHandle().
class CurlHandle {
 public:
  /// Throws TransportError (not_sent) if libcurl is out of memory.
  CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  /// Reports about the latest transfer.
  const EasyHandle& easy() const noexcept { return easy_; }

  /// The sockets of its connections, for the transfer.
  Sockets& sockets() noexcept { return sockets_; }

  /// Makes the easy handle ready for the transfer. `options` are the same ones each time. Throws
  /// TransportError (not_sent).
  void prepare(Transfer& transfer, const CurlOptions& options);

  /// Runs the transfer, for which it was prepared, on this thread until it ends or is cancelled.
  TransferResult perform(Transfer& transfer, const CancellationToken& cancellation);

  /// Whether another transfer may follow: false after a failed or cancelled one.
  bool usable() const noexcept { return usable_; }

  /// Forgets where the latest transfer is.
  void rest() noexcept;

 private:
  TransferResult run(const CancellationToken& cancellation);
  TransferResult runAgain(Transfer& transfer, const CancellationToken& cancellation);
  TransferResult broken(CURLMcode code) noexcept;

  Sockets sockets_;    // constructed before the multi handle, which closes them
  MultiHandle multi_;  // constructed before the easy handle, which is removed first
  HeaderLines header_lines_;
  EasyHandle easy_;
  bool configured_ = false;
  bool usable_ = true;
};

}  // namespace heymilo
