#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

/// The sockets of the operating system: all that differs between platforms is here.
namespace heymilo::testing::detail {

#ifdef _WIN32
using Socket = std::uintptr_t;  // SOCKET
#else
using Socket = int;
#endif
inline constexpr Socket kNoSocket = static_cast<Socket>(-1);

/// A socket that listens on 127.0.0.1; port 0: any that is free. kNoSocket where that fails.
Socket listenOn(int port) noexcept;

/// The port that the socket is bound to.
int portOf(Socket socket) noexcept;

/// Waits for a connection. kNoSocket when `ended` was set before wakeListener(), or the listener
/// has failed.
Socket acceptFrom(Socket listener, const std::atomic<bool>& ended);

/// A connection to 127.0.0.1. kNoSocket where that fails.
Socket connectTo(int port) noexcept;

/// Waits until there is something to read, the end of the stream included.
bool waitReadable(Socket socket, std::chrono::milliseconds limit) noexcept;

/// Reads what is there, at least one byte. 0: the end; negative: an error.
std::ptrdiff_t receive(Socket socket, char* buffer, std::size_t size) noexcept;

/// Sends all of it, without a signal when the peer has gone.
bool sendAll(Socket socket, const char* data, std::size_t size) noexcept;

/// Makes room for many connections that have not been accepted yet. With the five that are usual,
/// the sixth would wait a second.
void widenBacklog(Socket listener) noexcept;

/// Ends what any thread is waiting for on this socket. It stays open.
void shutDown(Socket socket) noexcept;

/// Tells the peer that no more bytes will come.
void endSending(Socket socket) noexcept;

/// Closes it, with a TCP reset rather than an orderly end where that is asked for.
void closeSocket(Socket socket, bool reset) noexcept;

/// Makes a thread that waits for a connection return. The listener is closed by closeListener()
/// when that thread has ended.
void wakeListener(Socket listener) noexcept;
void closeListener(Socket listener) noexcept;

}  // namespace heymilo::testing::detail
