#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

/// The sockets of the operating system: all platform differences are here.
namespace heymilo::testing::detail {

#ifdef _WIN32
using Socket = std::uintptr_t;  // SOCKET
#else
using Socket = int;
#endif
inline constexpr Socket kNoSocket = static_cast<Socket>(-1);

/// A socket that listens on 127.0.0.1; port 0: any free port. kNoSocket on failure.
Socket listenOn(int port) noexcept;

/// The port that the socket is bound to.
int portOf(Socket socket) noexcept;

/// Waits for a connection. kNoSocket if `ended` was set before wakeListener(), or the listener has
/// failed.
Socket acceptFrom(Socket listener, const std::atomic<bool>& ended);

/// A connection to 127.0.0.1. kNoSocket on failure.
Socket connectTo(int port) noexcept;

/// Waits until there is data to read, or the end of the stream.
bool waitReadable(Socket socket, std::chrono::milliseconds limit) noexcept;

/// Reads the available data, at least one byte. 0: the end; negative: an error.
std::ptrdiff_t receive(Socket socket, char* buffer, std::size_t size) noexcept;

/// Sends all of it, without a signal if the peer has closed.
bool sendAll(Socket socket, const char* data, std::size_t size) noexcept;

/// Sets a large listen backlog. With the usual backlog of five, the sixth connection would wait a
/// second.
void widenBacklog(Socket listener) noexcept;

/// Ends the waits of all threads on this socket. It stays open.
void shutDown(Socket socket) noexcept;

/// Signals the peer the end of the stream.
void endSending(Socket socket) noexcept;

/// Closes it; with `reset`, by a TCP reset instead of an orderly end.
void closeSocket(Socket socket, bool reset) noexcept;

/// Wakes the thread that waits for a connection. closeListener() closes the listener after that
/// thread has ended.
void wakeListener(Socket listener) noexcept;
void closeListener(Socket listener) noexcept;

}  // namespace heymilo::testing::detail
