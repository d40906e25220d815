// Ingests a candidate from a form: POSTING_ID NAME EMAIL FORM_ID. Prints the interview_id.
#include <heymilo/heymilo.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 5) {
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();
    try {
      const auto person =
          heymilo::CandidateIngestRequest{argv[2], argv[3]}.withMetadata("form_id", argv[4]);
      std::cout << client.ingestCandidate(argv[1], person).data.interview_id << '\n';
    } catch (const heymilo::Error& error) {
      if (!error.mayHaveArrived()) {
        throw;
      }
      heymilo::WaitOptions how;  // it is there within seconds; if not, look again later
      how.key = heymilo::metadataKey("form_id");
      heymilo::RequestOptions within;
      within.total_timeout = std::chrono::seconds{15};
      std::cout
          << client.waitForCandidate(argv[1], argv[4], heymilo::isListed, how, within).interview_id
          << '\n';
    }
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
