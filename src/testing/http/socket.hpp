#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>

/// What the server does to a socket by itself, because cpp-httplib has no way to: all that differs
/// between platforms is here.
namespace heymilo::testing::detail {

/// Waits until there is something to read, the end of the stream included.
bool waitReadable(socket_t socket, std::chrono::milliseconds limit) noexcept;

/// Reads what is there, at least one byte. 0: the end; negative: an error.
std::ptrdiff_t receive(socket_t socket, char* buffer, std::size_t size) noexcept;

/// Sends all of it, without a signal when the peer has gone.
bool sendAll(socket_t socket, const char* data, std::size_t size) noexcept;

/// Makes small answers leave at once, and a send to a peer that has gone raise no signal.
void prepareConnection(socket_t socket) noexcept;

/// Lets an address be bound again at once, but never by two listeners at a time.
void prepareListener(socket_t socket) noexcept;

/// Makes room for many connections that have not been accepted yet: cpp-httplib asks for 5, and
/// the sixth would wait a second.
void widenBacklog(socket_t listener) noexcept;

/// Ends what any thread is waiting for on this socket. It stays open.
void shutDown(socket_t socket) noexcept;

/// Closes it, with a TCP reset rather than an orderly end where that is asked for.
void closeSocket(socket_t socket, bool reset) noexcept;

/// Makes a thread that waits for a connection return. The listener is closed by closeListener()
/// when that thread has ended.
void wakeListener(socket_t listener) noexcept;
void closeListener(socket_t listener) noexcept;

}  // namespace heymilo::testing::detail
