// The workflows of an installed package.

#include <cstdio>
#include <filesystem>
#include <heymilo/heymilo.hpp>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <heymilo/workflows/sqlite_mirror.hpp>
#include <heymilo/workflows/store_error.hpp>
#include <random>
#include <string>
#include <vector>

int main() {
  const auto directory = std::filesystem::temp_directory_path() /
                         ("heymilo-consumer-" + std::to_string(std::random_device{}()));
  std::filesystem::create_directory(directory);

  heymilo::ClientOptions options;
  options.api_key = "key";
  options.base_url = "http://127.0.0.1:1";
  const heymilo::Client client(options);
  const std::vector<heymilo::CandidateIngestRequest> nobody;
  heymilo::workflows::BulkIngestOptions bulk;
  bulk.journal = (directory / "journal").string();
  bulk.new_posting = true;
  const auto result =
      heymilo::workflows::bulkIngest(client, "posting", heymilo::workflows::sourceOf(nobody), bulk);

  heymilo::workflows::SqliteMirror mirror((directory / "mirror.db").string(), "posting");
  bool refused = false;
  try {
    heymilo::workflows::SqliteMirror other((directory / "mirror.db").string(), "another");
  } catch (const heymilo::workflows::StoreError&) {
    refused = true;
  }
  std::filesystem::remove_all(directory);
  std::puts(result.complete && refused ? "good" : "wrong");
  return result.complete && refused ? 0 : 1;
}
