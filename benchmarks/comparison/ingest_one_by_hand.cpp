// Ingests a candidate from a form: POSTING_ID NAME EMAIL FORM_ID. Prints the interview_id.
#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 5) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    const auto answer =
        api.post("", {{"name", argv[2]}, {"email", argv[3]}, {"metadata", {{"form_id", argv[4]}}}});
    std::cout << answer["data"]["interview_id"].get<std::string>() << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
