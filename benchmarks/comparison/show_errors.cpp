// Reports which field of a form is wrong: POSTING_ID NAME EMAIL. Prints the interview_id, or a line
// for each field.
#include <heymilo/heymilo.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 4) {
    return 2;
  }
  try {
    const auto client = heymilo::Client::fromEnvironment();
    std::cout << client.ingestCandidate(argv[1], {argv[2], argv[3]}).data.interview_id << '\n';
  } catch (const heymilo::UnprocessableEntityError& error) {
    for (const auto& field : error.fields()) {
      std::cout << field.param.value_or("") << ": " << field.message << '\n';
    }
    return 1;
  } catch (const heymilo::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
