// Reports which field of a form is wrong: POSTING_ID NAME EMAIL. Prints the interview_id, or a line
// for each field.
#include "comparison/by_hand.hpp"

int main(int argc, char** argv) {
  if (argc != 4) {
    return 2;
  }
  try {
    by_hand::Api api(argv[1]);
    const auto answer = api.post("", {{"name", argv[2]}, {"email", argv[3]}});
    std::cout << answer["data"]["interview_id"].get<std::string>() << '\n';
  } catch (const by_hand::HttpError& error) {
    if (error.status == 422) {
      const auto body = by_hand::json::parse(error.body);
      for (const auto& detail : body.at("detail")) {
        std::string field;
        for (const auto& part : detail["loc"]) {
          field += (field.empty() ? "" : ".") + part.get<std::string>();
        }
        std::cout << field << ": " << detail["msg"].get<std::string>() << '\n';
      }
    } else {
      std::cerr << error.what() << '\n';
    }
    return 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
