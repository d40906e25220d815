// Waits until a candidate has a score, and prints it: POSTING_ID INTERVIEW_ID MILLISECONDS, the
// polling interval.
#include <cstdlib>
#include <heymilo/heymilo.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 4) {
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();
    const auto is_scored = [](const auto& candidate) { return candidate.score.has_value(); };
    heymilo::WaitOptions how;
    how.initial_interval = std::chrono::milliseconds{std::atoi(argv[3])};
    std::cout << *client.waitForCandidate(argv[1], argv[2], is_scored, how).score << '\n';
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
