#include <memory>
#include <string>
#include <utility>

#include "recipe.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using Credentials = Recipe;

/// Where keys come from that change every few minutes.
class Vault {
 public:
  std::string currentKey() {
    ++asked;
    return "test-key";
  }

  int asked = 0;
};

std::string signatureOf(const heymilo::HttpRequest& request) {
  return "signature-of-" + std::to_string(request.body.size());
}

// [attempts]
/// A client behind a gateway: it names its team, has a key that expires, and signs each attempt.
heymilo::Client gatewayClient(heymilo::ClientOptions options, std::shared_ptr<Vault> vault) {
  options.api_key.clear();
  options.headers = {{"X-Team", "hiring"}};
  options.credential = [vault] { return vault->currentKey(); };
  options.prepare = [](heymilo::HttpRequest& request) {
    request.headers.add("X-Signature", signatureOf(request));
  };
  return heymilo::Client(std::move(options));
}
// [/attempts]

TEST_F(Credentials, AreAskedForBeforeEachAttempt) {
  const auto vault = std::make_shared<Vault>();
  const heymilo::Client client = gatewayClient(options, vault);
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  client.listCandidates("posting-id");
  EXPECT_EQ(vault->asked, 2);
  ASSERT_EQ(server.requests().size(), 2u);
  for (const auto& request : server.requests()) {
    EXPECT_EQ(request.header("X-API-KEY"), "test-key");
    EXPECT_EQ(request.header("X-Team"), "hiring");
    EXPECT_EQ(request.header("X-Signature"), "signature-of-0");
  }
}

}  // namespace
