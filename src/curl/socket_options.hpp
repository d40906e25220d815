#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <utility>

namespace heymilo::socket_options {

/// A socket that no program gets that this process starts. CURL_SOCKET_BAD where there is none.
curl_socket_t open(int family, int type, int protocol) noexcept;
int close(curl_socket_t handle) noexcept;

/// Whether the connection's end, of whatever kind, is a reset that drops what was not sent.
void endWithReset(curl_socket_t handle, bool yes) noexcept;

/// How long the connection lives on when nothing that was sent is acknowledged; 0: as the system
/// likes. Linux alone has it.
void setUserTimeout(curl_socket_t handle, std::chrono::milliseconds time) noexcept;

/// Ends the connection with a reset now and leaves the socket open. On Linux it is over for a child
/// process that has the socket too; elsewhere that one keeps the connection. Where the system can't
/// (kResets), it is left to the socket's closing.
#ifdef _WIN32
constexpr bool kResets = false;
#else
constexpr bool kResets = true;
#endif
void reset(curl_socket_t handle) noexcept;

/// Whether the other side has ended the connection, or it broke. Does not wait, and reads nothing.
bool ended(curl_socket_t handle) noexcept;

/// The IP address and port of either end; empty and 0 where the socket has none.
enum class Side { local, remote };
std::pair<std::string, int> endOf(curl_socket_t handle, Side side);

}  // namespace heymilo::socket_options
