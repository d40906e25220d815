// A slot of a shared quota that ends while a client connects, on real sockets: the server sees a
// connection, and nothing of the request.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/nonblocking.hpp"
#include "support/fake_quota.hpp"
#include "support/http2.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_file.hpp"

namespace heymilo {
namespace {

namespace http2 = heymilo_test::http2;
using heymilo_test::CertificateAuthority;
using heymilo_test::FakeQuota;
using heymilo_test::httpAnswer;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;
using ::testing::ElementsAre;

constexpr const char* kNoCandidates = R"({"data":[],"pagination":{"total":0,"has_more":false}})";
const CertificateAuthority kAuthority;

const RawServer::Script kHttp1 = heymilo_test::answering(httpAnswer("200 OK", kNoCandidates));
const RawServer::Script kHttp2 = [](RawConnection& raw) {
  http2::Connection connection(raw);
  while (const auto request = connection.readRequest()) {
    connection.answer(request->stream, kNoCandidates);
  }
};

/// With blocking and with non-blocking calls.
class QuotaLease : public ::testing::TestWithParam<bool> {
 protected:
  QuotaLease() {
    options.api_key = "hm_key";
    options.quota = quota;
    options.proxy = "";
    options.tls.ca_file = ca_file.path();
    options.on_event = [this](const Event& event) {
      if (event.kind == EventKind::request && at_request) {
        at_request();
      }
      events.push_back(event.kind);
    };
  }

  /// A client, and the connections of its non-blocking calls.
  struct Clients {
    explicit Clients(const ClientOptions& options) : blocking(options), other(blocking) {}

    const Client blocking;
    const NonBlockingClient other;
  };

  /// Makes the call and waits for its end.
  static void call(const Clients& clients) {
    const CandidateIngestRequest person{"Ada Example", "ada@example.com"};
    if (GetParam()) {
      clients.blocking.ingestCandidate("p", person);
    } else {
      clients.other.ingestCandidate("p", person).future().get();
    }
  }
  /// The same for a call that is to end because its slot has ended.
  void expectSlotEnded(const Clients& clients) {
    events.clear();
    try {
      call(clients);
      ADD_FAILURE() << "a response came";
    } catch (const StoreError& error) {
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      EXPECT_THAT(error.what(), ::testing::HasSubstr("the request was not sent"));
    }
    // It was handed to the transport, and not tried again.
    EXPECT_THAT(events, ElementsAre(EventKind::request, EventKind::failure));
  }

  const TemporaryFile ca_file{kAuthority.certificate()};
  const std::shared_ptr<FakeQuota> quota = std::make_shared<FakeQuota>();
  ClientOptions options;
  std::function<void()> at_request;
  std::vector<EventKind> events;
};

INSTANTIATE_TEST_SUITE_P(, QuotaLease, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "Blocking" : "NonBlocking"; });

// The handshake goes on when the slot has ended.
TEST_P(QuotaLease, ASlotThatEndsDuringTheTlsHandshakeIsNotUsed) {
  for (const bool two : {false, true}) {
    RawServerTls tls{kAuthority.issue()};
    tls.protocol = two ? "h2" : "";
    const RawServer api(two ? kHttp2 : kHttp1, tls);
    const RawServer slow([&](RawConnection& connection) {
      quota->lapse(true);
      connection.relayTo(api.port());
    });
    options.base_url = "https://127.0.0.1:" + std::to_string(slow.port());
    const std::size_t before = quota->record().ended.size();
    {
      const Clients clients(options);
      expectSlotEnded(clients);
      EXPECT_EQ(slow.connections(), 1u);
      ASSERT_TRUE(slow.waitForScripts());
      ASSERT_TRUE(api.waitForScripts());
      EXPECT_EQ(api.requests().size(), 0u);
      if (!two) {  // HTTP/2 begins with a preface and settings
        EXPECT_THAT(api.received(), ElementsAre(""));
      }
    }
    ASSERT_EQ(quota->record().ended.size(), before + 1);
    EXPECT_EQ(quota->record().ended.back(), SlotEnd::unsent) << "HTTP/2: " << two;
    quota->lapse(false);
  }
}

TEST_P(QuotaLease, ASlotThatHasEndedIsNotUsedOnAConnectionThatIsReused) {
  const RawServer api(heymilo_test::answering(httpAnswer(
      "200 OK",
      R"({"data":{"interview_id":"i","interview_url":"https://a.example","posting_id":"p"}})")));
  options.base_url = api.url();
  options.base_url.pop_back();
  const Clients clients(options);
  call(clients);
  const std::string received = api.received().at(0);
  at_request = [this] { quota->lapse(true); };  // after the check before the attempt
  expectSlotEnded(clients);
  EXPECT_EQ(api.connections(), 1u);
  EXPECT_EQ(api.requests().size(), 1u);
  EXPECT_EQ(api.received().at(0), received);
  EXPECT_THAT(quota->record().ended, ElementsAre(SlotEnd::answered, SlotEnd::unsent));

  at_request = nullptr;
  quota->lapse(false);
  call(clients);
  EXPECT_EQ(api.requests().size(), 2u);
}

}  // namespace
}  // namespace heymilo
