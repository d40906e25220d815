#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <utility>

namespace heymilo::socket_options {

/// A socket that child programs do not inherit. CURL_SOCKET_BAD on failure.
curl_socket_t open(int family, int type, int protocol) noexcept;
int close(curl_socket_t handle) noexcept;

/// Whether closing the connection, in any way, is a reset that drops unsent data.
void endWithReset(curl_socket_t handle, bool yes) noexcept;

/// How long the connection stays open while sent data is not acknowledged; 0: the system's default.
/// Linux only.
void setUserTimeout(curl_socket_t handle, std::chrono::milliseconds time) noexcept;

/// Resets the connection now and leaves the socket open. On Linux this also ends it for a child
/// process that has the socket; on other systems the child keeps the connection. On systems that do
/// not support this (see kResets), closing the socket resets the connection.
#ifdef _WIN32
constexpr bool kResets = false;
#else
constexpr bool kResets = true;
#endif
void reset(curl_socket_t handle) noexcept;

/// Whether the peer has closed the connection, or it broke. Does not wait, and reads nothing.
bool ended(curl_socket_t handle) noexcept;

/// The IP address and port of either endpoint; empty and 0 if the socket is not connected.
enum class Side { local, remote };
std::pair<std::string, int> endOf(curl_socket_t handle, Side side);

}  // namespace heymilo::socket_options
