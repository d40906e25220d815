#pragma once

#include <memory>
#include <string>

namespace heymilo::workflows {

/// Which keys a source has had. Digests of them are in a private temporary database, so that memory
/// stays flat; nobody else sees it, and it is gone with the process. Throws StoreError. For one
/// thread at a time.
class SeenKeys {
 public:
  SeenKeys();
  ~SeenKeys();
  SeenKeys(const SeenKeys&) = delete;
  SeenKeys& operator=(const SeenKeys&) = delete;

  /// Remembers the key. False where it was known.
  bool add(const std::string& key);

 private:
  class Table;
  std::unique_ptr<Table> table_;
};

}  // namespace heymilo::workflows
