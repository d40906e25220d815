// Runs the target with each file of a corpus, without libFuzzer: `replay DIRECTORY`.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "fuzz/fuzz.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " DIRECTORY\n";
    return 2;
  }
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::cerr << entry.path().filename().string() << '\n';  // the last one is the one that failed
    fuzzOne(text);
    ++tried;
  }
  std::cout << tried << " texts\n";
  return tried > 0 ? 0 : 1;
}
