#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace heymilo_test {

/// A file with the given contents; the destructor deletes it.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& contents) {
    std::random_device random;
    path_ = std::filesystem::temp_directory_path() /
            ("heymilo-test-" + std::to_string(random()) + "-" + std::to_string(random()));
    std::ofstream(path_, std::ios::binary) << contents;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace heymilo_test
