#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace heymilo_test {

/// An export that lives: from one writing to the next it grows, shrinks, is shuffled, repeats rows
/// and is corrected. Each person has a number of its own in `metadata.number`, which is the key.
class LivingFile {
 public:
  LivingFile(std::uint64_t seed, std::string path) : random_(seed), path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  /// How many people have ever been in it: their numbers are 0 to before this.
  std::size_t people() const { return versions_.size(); }

  /// Writes it anew, with up to `more` new people.
  void change(std::uint64_t more) {
    versions_.resize(versions_.size() + below(more + 1));
    for (std::uint64_t i = 0; i < 3 && !versions_.empty(); ++i) {
      ++versions_[below(versions_.size())];  // corrected
    }
    std::vector<std::size_t> rows = shuffled();
    if (below(3) == 0) {
      rows.resize(rows.size() / 2 + below(rows.size() / 2 + 1));
    }
    for (std::uint64_t repeated = below(5); repeated > 0 && !rows.empty(); --repeated) {
      rows.push_back(rows[below(rows.size())]);
    }
    write(rows);
  }

  /// Writes everybody, without errors.
  void complete() {
    for (std::uint64_t& version : versions_) {
      version = std::max<std::uint64_t>(version, 1);
    }
    write(shuffled());
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  std::vector<std::size_t> shuffled() {
    std::vector<std::size_t> rows;
    for (std::size_t number = 0; number < versions_.size(); ++number) {
      rows.push_back(number);
    }
    std::shuffle(rows.begin(), rows.end(), random_);
    return rows;
  }

  /// Some are refused by the API until they are corrected.
  std::string line(std::size_t number) const {
    const std::string text = std::to_string(number);
    const std::uint64_t version = versions_[number];
    const bool bad = number % 23 == 7 && version == 0;
    return nlohmann::json{{"name", "Person " + text + ", version " + std::to_string(version)},
                          {"email", bad ? "nobody" : "p" + text + "@example.com"},
                          {"metadata", {{"number", text}}}}
               .dump() +
           '\n';
  }

  /// As a whole: who has begun to read the file goes on with what it was.
  void write(const std::vector<std::size_t>& rows) const {
    {
      std::ofstream out(path_ + ".new");
      for (const std::size_t number : rows) {
        out << line(number);
      }
    }
    std::filesystem::rename(path_ + ".new", path_);
  }

  std::mt19937_64 random_;
  const std::string path_;
  std::vector<std::uint64_t> versions_;  // of each person's row; 0: as it was first
};

}  // namespace heymilo_test
