#pragma once

namespace heymilo::postgres {

/// The version of the tables and functions of an outbox, in heymilo.version.
constexpr long long kOutboxVersion = 1;

/// Makes the schema `heymilo`, the tables of the outbox and its functions, where they are missing:
/// one transaction, which several may begin in parallel.
extern const char* const kOutboxScript;

}  // namespace heymilo::postgres
