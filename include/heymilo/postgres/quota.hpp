#pragma once

#include <memory>
#include <string>

#include "heymilo/quota.hpp"

/// What any number of machines share through PostgreSQL: the component `heymilo::postgres`, which
/// alone needs libpq.
namespace heymilo::postgres {

/// The quota of all processes, on any number of machines, that use a key and this database:
/// ClientOptions::quota. `url` begins with postgresql:// or postgres:// and has the parameters of
/// libpq; a password is better kept in ~/.pgpass or a service file. Nothing is connected before a
/// client joins. The first one makes the schema `heymilo` and its tables, for which its role needs
/// CREATE on the database; afterwards USAGE on the schema and SELECT, INSERT, UPDATE and DELETE on
/// its tables do. `name` is whose quota it is, where the clients have no `api_key` but an
/// `authorization`, which rotates, or where several keys have one quota together; empty: that of
/// the key.
///
/// A client has a thread and a connection, which fetch slots ahead: a call does not wait for the
/// database as long as there are some. It works through pgbouncer in transaction mode. While the
/// database can't be reached, clients use what they hold for 10 s, and then nothing: StoreError,
/// `not_sent`. A client that is made meanwhile has nothing: its constructor throws StoreError after
/// one attempt. A client that is destroyed gives its slots back; those of a process that is killed,
/// or that ends by _exit() without that, can't be used for a while.
/// docs/cookbook/sharing_a_quota_postgres.md says what is promised, and under which conditions.
/// ClientOptions::clock must be the default.
/// Throws InvalidArgumentError where libpq can't read the URL.
std::shared_ptr<SharedQuota> quota(std::string url, std::string name = {});

/// quota() of the URL in HEYMILO_QUOTA. nullptr where the variable is not set, or is not such a
/// URL: `process`, `machine` and `machine:PATH` are for Client::fromEnvironment().
std::shared_ptr<SharedQuota> quotaFromEnvironment();

}  // namespace heymilo::postgres
