// Counts all candidates until a deadline or Ctrl-C: POSTING_ID MILLISECONDS.
#include <atomic>
#include <csignal>

#include "comparison/by_hand.hpp"

namespace {

volatile std::sig_atomic_t interrupted = 0;

int stopWhenInterrupted(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupted;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  std::signal(SIGINT, [](int) { interrupted = 1; });
  try {
    by_hand::Api api(argv[1]);
    api.setTimeout(std::atoi(argv[2]));
    curl_easy_setopt(api.handle(), CURLOPT_XFERINFOFUNCTION, &stopWhenInterrupted);
    curl_easy_setopt(api.handle(), CURLOPT_NOPROGRESS, 0L);
    int count = 0;
    api.forEach([&](const by_hand::json&) { ++count; });
    std::cout << count << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return interrupted != 0 ? 130 : 1;
  }
}
