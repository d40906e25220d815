// Counts all candidates until a deadline or Ctrl-C: POSTING_ID MILLISECONDS.
#include <csignal>
#include <cstdlib>
#include <heymilo/heymilo.hpp>
#include <iostream>
#include <thread>

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  sigset_t ctrl_c;
  sigemptyset(&ctrl_c);
  sigaddset(&ctrl_c, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ctrl_c, nullptr);
  const heymilo::CancellationSource stop;
  std::thread([&ctrl_c, stop] {
    int signal = 0;
    sigwait(&ctrl_c, &signal);
    stop.cancel();
  }).detach();
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{std::atoi(argv[2])};
  try {
    const auto client = heymilo::Client::fromEnvironment();
    int count = 0;
    heymilo::RequestOptions options;
    options.cancellation = stop.token();
    options.deadline = end;
    for ([[maybe_unused]] const auto& candidate : client.listAllCandidates(argv[1], {}, options)) {
      ++count;
    }
    std::cout << count << '\n';
  } catch (const heymilo::CancelledError& error) {
    std::cerr << error.what() << '\n';
    return 130;
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
