#include <heymilo/heymilo.hpp>
#include <iostream>

int main() {
  const nlohmann::json json = heymilo::CandidateIngestRequest{"Ada Example", "ada@example.com"};
  std::cout << "heymilo " << heymilo::version() << ": " << json.size() << " properties\n";
  return json.size() == 2 ? 0 : 1;
}
