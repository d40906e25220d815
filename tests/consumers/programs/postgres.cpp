// Uses the component `postgres`, as a program of a user's would.

#include <heymilo/heymilo.hpp>
#include <heymilo/postgres/quota.hpp>
#include <iostream>

int main() {
  heymilo::ClientOptions options;
  options.api_key = "a-key";
  options.quota = heymilo::postgres::quota("postgresql://nobody@/nothing?host=/nowhere");
  try {
    const heymilo::Client client(options);
  } catch (const heymilo::StoreError& error) {
    std::cout << error.what() << '\n';
    return error.outcome() == heymilo::Outcome::not_sent ? 0 : 1;
  }
  return 1;
}
