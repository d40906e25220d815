#pragma once

#include "support/postgres.hpp"

namespace heymilo_test {

/// The server of all tests that a program runs: it takes a second to make. It is made when it is
/// first needed, and stopped at the end of the program.
PostgresServer& sharedServer();

/// Drops the library's schema there, with what an earlier test left in it.
void emptySharedServer();

}  // namespace heymilo_test
