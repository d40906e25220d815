// The connection is cut at every byte of every operation's request and response. For each cut, the
// caller's outcome is compared with the server's record.

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <tuple>

#include "heymilo/client.hpp"
#include "support/raw_server.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_file.hpp"
#include "support/tls_certificates.hpp"

namespace heymilo {
namespace {

using heymilo_test::CertificateAuthority;
using heymilo_test::httpAnswer;
using heymilo_test::RawConnection;
using heymilo_test::RawRequest;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;

const char* const kEmptyList = R"({"data":[],"pagination":{"has_more":false}})";

/// One operation: its call and its successful response.
struct Call {
  const char* operation;
  std::string answer;
  std::function<void(const Client&)> make;
};

std::vector<Call> calls() {
  const CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
  return {
      {"listCandidates",
       httpAnswer("200 OK", kEmptyList),
       [](const Client& client) { client.listCandidates("p"); }},
      {"ingestCandidate",
       httpAnswer("201 Created",
                  R"({"data":{"interview_id":"i","interview_url":"u","posting_id":"p"}})"),
       [=](const Client& client) { client.ingestCandidate("p", ada); }},
      {"ingestCandidatesBulk",
       httpAnswer("201 Created", R"({"data":[{"interview_id":"i","interview_url":"u"}]})"),
       [=](const Client& client) { client.ingestCandidatesBulk("p", {{ada}}); }},
      {"ingestCandidateAsync",
       httpAnswer("202 Accepted", R"({"data":{"ingestion_id":"g"}})"),
       [=](const Client& client) { client.ingestCandidateAsync("p", ada); }},
      {"ingestCandidatesBulkAsync",
       httpAnswer("202 Accepted", R"({"data":{"ingestion_id":"g"}})"),
       [=](const Client& client) {
         client.ingestCandidatesBulkAsync("p", {{ada, ada}});
       }},
  };
}

/// The position of the next cut: after this many bytes of the request, or, if that is complete, of
/// the response.
struct Cut {
  std::atomic<bool> armed{false};  // the next request is the one; any other is answered
  std::atomic<std::size_t> request_bytes{0};
  std::atomic<std::size_t> answer_bytes{0};
  std::atomic<bool> reset{false};
  std::atomic<int> committed{0};  // completely received requests of the call
};

class CutTest : public ::testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  bool tls() const { return std::get<0>(GetParam()); }
  bool reused() const { return std::get<1>(GetParam()); }

  /// Serves a connection; the cut is made on the next request after arming.
  void serve(RawConnection& connection, const Call& call) {
    for (;;) {
      std::string head = connection.readBytes(1);
      if (head.empty()) {
        return;
      }
      if (!cut.armed.exchange(false)) {
        // A request to warm the connection up, or an unexpected one: both get a response.
        const auto rest = connection.readRequest();
        if (!rest) {
          return;
        }
        if (measuring) {
          request_size = 1 + rest->head.size() + rest->body.size();
        }
        const bool warm_up = warming_up;
        cut.committed += warm_up ? 0 : 1;
        connection.send(warm_up ? httpAnswer("200 OK", kEmptyList) : call.answer);
        continue;
      }
      if (cut.request_bytes < request_size) {
        connection.readBytes(cut.request_bytes - 1);
      } else {
        connection.readBytes(request_size - 1);
        ++cut.committed;
        connection.send(std::string_view(call.answer).substr(0, cut.answer_bytes));
      }
      if (cut.reset) {
        connection.reset();
      } else {
        connection.cut();
      }
      return;
    }
  }

  ClientOptions optionsFor(const RawServer& server, const std::string& ca_file) const {
    ClientOptions options;
    options.api_key = "key";
    options.base_url = server.url("");
    options.proxy = "";
    options.rate_limit.reset();
    options.retry.max_retries = 0;
    if (tls()) {
      options.tls.ca_file = ca_file;
    }
    return options;
  }

  Cut cut;
  std::atomic<bool> warming_up{false};
  std::atomic<bool> measuring{false};
  std::atomic<std::size_t> request_size{0};
};

TEST_P(CutTest, NoOutcomeClaimsMoreThanTheServerDid) {
  const CertificateAuthority authority;
  const TemporaryFile ca(authority.certificate());
  RawServerTls server_tls;
  server_tls.identity = authority.issue();
  std::map<std::string, std::map<std::string, int>> table;  // operation, reported outcome: count
  for (const Call& call : calls()) {
    RawServer server([&](RawConnection& connection) { serve(connection, call); },
                     tls() ? std::optional<RawServerTls>(server_tls) : std::nullopt);
    const ClientOptions options = optionsFor(server, ca.path());
    measuring = true;
    call.make(Client(options));
    measuring = false;

    const auto cutAt = [&](std::size_t request_bytes, std::size_t answer_bytes, bool reset) {
      SCOPED_TRACE(std::string(call.operation) + " cut at " + std::to_string(request_bytes) + "/" +
                   std::to_string(answer_bytes) + (reset ? " by RST" : ""));
      const Client client(options);
      if (reused()) {
        warming_up = true;
        client.listCandidates("p");
        warming_up = false;
      }
      cut.committed = 0;
      cut.request_bytes = request_bytes;
      cut.answer_bytes = answer_bytes;
      cut.reset = reset;
      cut.armed = true;
      std::string reported;
      try {
        call.make(client);
        reported = "response";
        ADD_FAILURE() << "an answer although the connection was cut";
      } catch (const TransportError& error) {
        reported = toString(error.outcome());
        EXPECT_NE(error.outcome(), Outcome::rejected);
        EXPECT_NE(error.outcome(), Outcome::applied);
      }
      // The server has received the whole request at most once, and never if it is "not sent".
      const bool whole = request_bytes >= request_size;
      EXPECT_EQ(cut.committed, whole ? 1 : 0);
      if (whole) {
        EXPECT_EQ(reported, "unknown");
      }
      table[call.operation][reported + (whole ? ", processed" : ", not processed")]++;
    };
    constexpr std::size_t kStep = heymilo_test::kSanitized ? 7 : 1;  // odd, for both ways to cut
    for (std::size_t bytes = 1; bytes < request_size; bytes += kStep) {
      cutAt(bytes, 0, bytes % 2 == 0);
    }
    for (std::size_t bytes = 0; bytes < call.answer.size(); bytes += kStep) {
      cutAt(request_size, bytes, bytes % 2 == 0);
    }
  }
  std::cout << (tls() ? "TLS, " : "plain, ") << (reused() ? "kept" : "fresh")
            << " connection: the caller's outcome, and the server's record\n";
  for (const auto& [operation, counts] : table) {
    for (const auto& [reported, count] : counts) {
      std::cout << "  " << std::left << std::setw(28) << operation << std::setw(28) << reported
                << std::right << std::setw(6) << count << '\n';
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Connections, CutTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Bool()),
                         [](const auto& parameters) {
                           return std::string(std::get<0>(parameters.param) ? "Tls" : "Plain") +
                                  (std::get<1>(parameters.param) ? "Kept" : "Fresh");
                         });

}  // namespace
}  // namespace heymilo
