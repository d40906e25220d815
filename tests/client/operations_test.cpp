// Operations that only this test defines: a path with two parameters, no body, other methods. What
// one more operation takes is a row for the client, a row with its handler for the mock server, and
// the calls below, which stand for the methods of the clients.

#include "client/operations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "call/nonblocking_call.hpp"
#include "curl/curl_transport.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "testing/recording/exchange.hpp"
#include "testing/recording/likeness.hpp"
#include "testing/server/api/error_reply.hpp"
#include "testing/server/api/route.hpp"
#include "testing/server/backend.hpp"
#include "testing/server/http/http_front.hpp"
#include "testing/server/in_process.hpp"

namespace heymilo {
namespace {

namespace server = heymilo::testing::detail;
using heymilo::testing::FakeTransport;
using heymilo::testing::ManualClock;
using heymilo::testing::MockServerOptions;
using heymilo::testing::RecordedRequest;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Operation kArchive = {
    "archiveCandidate", "POST", "/api/v2/postings/{posting_id}/candidates/{interview_id}/archive"};
constexpr Operation kDelete = {
    "deleteCandidate", "DELETE", "/api/v2/postings/{posting_id}/candidates/{interview_id}"};
constexpr Operation kUpdate = {
    "updateCandidate", "PATCH", "/api/v2/postings/{posting_id}/candidates/{interview_id}"};

using Archived = SingleResponse<AsyncIngestResponse>;

std::string idsOf(const server::Route& route) {
  return route.parameter("posting_id") + " and " + route.parameter("interview_id");
}

/// Tells which ids came, unless there is no such posting: then it quotes them.
server::ApiResult archive(const server::ApiState& state, const server::Route& route,
                          const RecordedRequest&) {
  if (!state.store.hasPosting(route.parameter("posting_id"))) {
    return {server::errorReply(409, "not_archived", "There are no " + idsOf(route) + ".")};
  }
  return {{200, {}, R"({"data":{"ingestion_id":")" + idsOf(route) + R"("}})"}, true};
}
server::ApiResult remove(const server::ApiState&, const server::Route&, const RecordedRequest&) {
  return {{204, {}, {}}, true};
}
server::ApiResult update(const server::ApiState&, const server::Route&,
                         const RecordedRequest& request) {
  return {{200, {}, R"({"data":{"ingestion_id":)" + request.json()["name"].dump() + "}}"}, true};
}

constexpr server::Operation kRows[] = {
    {kArchive.id, kArchive.method, kArchive.route, server::Operation::Body::none, &archive},
    {kDelete.id, kDelete.method, kDelete.route, server::Operation::Body::none, &remove},
    {kUpdate.id, kUpdate.method, kUpdate.route, server::Operation::Body::json, &update}};

/// A mock server of these operations, and how its clients reach it.
class Server {
 public:
  explicit Server(bool over_http) : over_http_(over_http) {
    backend.store.addPosting("post/1");
    const auto handle = [this](RecordedRequest request) {
      return backend.handle(std::move(request));
    };
    const auto refuse = [this](int status) { return backend.refuse(status); };
    const auto interrupt = [this](RecordedRequest head) {
      return backend.interruptAt(std::move(head));
    };
    http = server::listenForHttp({0,
                                  std::chrono::seconds{60},
                                  std::size_t{1} << 20,
                                  false,
                                  handle,
                                  refuse,
                                  interrupt,
                                  &backend.room});
    options.api_key = "test-key";
    options.base_url = "http://127.0.0.1:" + std::to_string(http->port());
    options.proxy = "";
    options.retry.initial_backoff = milliseconds{1};
    in_process = std::make_shared<FakeTransport>(
        [this](const HttpRequest& request, const CancellationToken& cancellation) {
          return server::deliver(
              request, backend.handle(server::receivedAs(request)), backend.room, cancellation);
        });
    const CurlOptions curl_options{options.max_connections, options.tls, options.proxy};
    calls = std::make_shared<CallContext>(
        options,
        Surroundings{over_http ? makeCurlTransport(curl_options) : in_process, Clock::steady(), [] {
                       return 0.0;
                     }});
  }
  ~Server() {
    loop->close();
    backend.room.close();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  NonBlockingCall::Send sender() const {
    return [this](std::shared_ptr<const HttpRequest> request,
                  const CancellationToken& cancellation,
                  NonBlockingTransport::Completion done) {
      if (over_http_) {
        loop->send(std::move(request), {8, {}, ""}, cancellation, std::move(done));
      } else {
        in_process->start(*request, cancellation, std::move(done));
      }
    };
  }

  server::Backend backend{MockServerOptions{}, kRows};
  std::unique_ptr<server::HttpFront> http;
  ClientOptions options;
  std::shared_ptr<FakeTransport> in_process;
  std::shared_ptr<const CallContext> calls;
  const std::shared_ptr<CurlLoop> loop = std::make_shared<CurlLoop>(Clock::steady(), 4);
  const std::shared_ptr<CallQueue> queue = std::make_shared<CallQueue>(4, 4);

 private:
  const bool over_http_;
};

struct Way {
  bool over_http;
  bool blocking;
};

class Operations : public ::testing::TestWithParam<Way> {
 protected:
  /// What the methods of the two clients do.
  template <class Response, class... Content>
  Response call(const Operation& operation, PathValues path, const Content&... content) {
    if (GetParam().blocking) {
      return callOperation<Response>(*server.calls, operation, path, {}, content...);
    }
    auto promise = std::make_shared<std::promise<Response>>();
    std::make_shared<NonBlockingCall>(
        NonBlockingCall::Environment{server.calls, server.loop, server.queue, server.sender()},
        NonBlockingCall::Job{operation,
                             requestFor(*server.calls, operation, path, {}, content...),
                             {},
                             {},
                             [promise](Call& call, std::exception_ptr error) {
                               if (error) {
                                 promise->set_exception(error);
                               } else {
                                 promise->set_value(call.response<Response>());
                               }
                             }})
        ->begin();
    return promise->get_future().get();
  }
  RecordedRequest lastRequest() const { return server.backend.log.all().back(); }

  Server server{GetParam().over_http};
};

TEST_P(Operations, APathMayHaveTwoParametersAndAPostNoBody) {
  const auto response = call<Archived>(kArchive, {"post/1", "int 2"});
  EXPECT_EQ(response.data.ingestion_id, "post/1 and int 2");
  EXPECT_EQ(response.http.status, 200);
  const RecordedRequest request = lastRequest();
  EXPECT_EQ(request.operation, "archiveCandidate");
  EXPECT_EQ(request.posting_id, "post/1");
  EXPECT_EQ(request.path, "/api/v2/postings/post%2F1/candidates/int%202/archive");
  EXPECT_EQ(request.header("Content-Type"), std::nullopt);
  EXPECT_EQ(request.body, "");
  EXPECT_TRUE(request.committed);
  if (GetParam().over_http) {
    EXPECT_EQ(request.header("Content-Length"), "0");
  }
}

TEST_P(Operations, ADeleteMayHaveNoBodyEitherWay) {
  const auto response = call<ResponseInfo>(kDelete, {"post/1", "int_2"});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.attempts, 1);
  EXPECT_EQ(lastRequest().method, "DELETE");
}

TEST_P(Operations, APatchHasABody) {
  const CandidateIngestRequest person{"Ada", "ada@example.com"};
  EXPECT_EQ(call<Archived>(kUpdate, {"post/1", "int_2"}, person).data.ingestion_id, "Ada");
  EXPECT_EQ(lastRequest().method, "PATCH");
  EXPECT_EQ(lastRequest().header("Content-Type"), "application/json");
}

TEST_P(Operations, NoIdOfThePathIsShown) {
  try {
    call<Archived>(kArchive, {"post-canary-1", "int-canary-2"});
    FAIL();
  } catch (const StatusError& error) {
    EXPECT_STREQ(error.what(),
                 ("archiveCandidate: 409 not_archived: There are no [redacted] and [redacted]. "
                  "(request id " +
                  error.requestId() + ")")
                     .c_str());
  }
}

TEST_P(Operations, EachParameterIsCheckedByItsName) {
  for (const char* id : {"", "..", "\xff"}) {
    try {
      call<Archived>(kArchive, {"post/1", id});
      FAIL();
    } catch (const InvalidArgumentError& error) {
      EXPECT_EQ(error.param(), "interview_id");
    }
  }
  EXPECT_EQ(server.backend.log.count(), 0u);
}

TEST_P(Operations, AWriteOfAnyMethodIsNotTriedAgain) {
  for (const Operation* operation : {&kArchive, &kDelete}) {
    server.backend.script.add({}, heymilo::testing::ScriptedResponse::answer(503));
    server.backend.log.clear();
    EXPECT_THROW(call<ResponseInfo>(*operation, {"post/1", "int_2"}), ServerError);
    EXPECT_EQ(server.backend.log.count(), 1u);
  }
}

TEST_P(Operations, TheServerKnowsWhichMethodsAPathHas) {
  constexpr Operation kPut = {"putCandidate", "PUT", kDelete.route};
  try {
    call<ResponseInfo>(kPut, {"post/1", "int_2"});
    FAIL();
  } catch (const StatusError& error) {
    EXPECT_EQ(error.status(), 405);
    EXPECT_EQ(error.headers().get("Allow"), "DELETE, PATCH");
  }
}

INSTANTIATE_TEST_SUITE_P(, Operations,
                         ::testing::Values(Way{false, true}, Way{false, false}, Way{true, true},
                                           Way{true, false}),
                         [](const auto& way) {
                           return std::string(way.param.over_http ? "Http" : "InProcess") +
                                  (way.param.blocking ? "Blocking" : "NonBlocking");
                         });

TEST(OperationsOfRecordings, EachIdHasAPseudonym) {
  HttpRequest request;
  request.method = "POST";
  request.url = "https://api.example/api/v2/postings/post%2F1/candidates/int_2/archive";
  server::Pseudonyms pseudonyms;
  const server::Ordered written = server::written(request, &pseudonyms, kRows);
  EXPECT_EQ(written.dump(),
            R"({"operation":"archiveCandidate","method":"POST","path":"","posting_id":"id-1",)"
            R"("parameters":{"interview_id":"id-2"},"query":[]})");
  server::Likeness likeness;
  request.url = "https://api.example/api/v2/postings/other/candidates/int_9/archive";
  EXPECT_TRUE(likeness.fits(written, server::written(request, nullptr, kRows)));
  EXPECT_EQ(likeness.restored(server::Ordered("id-2")), "int_9");
  request.url = "https://api.example/api/v2/postings/same/candidates/same/archive";
  EXPECT_FALSE(server::Likeness().fits(written, server::written(request, nullptr, kRows)));
}

/// Content that takes a second to be made a body.
struct SlowContent {
  std::shared_ptr<ManualClock> clock;
};

CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const SlowContent& content) {
  CallRequest request = calls.makeRequest(operation, path, options, CallContext::Body::json);
  content.clock->advance(milliseconds{1001});
  request.http.body = "{}";
  return request;
}

TEST(OperationsInTime, TheDeadlineCoversTheMakingOfTheBody) {
  const auto clock = std::make_shared<ManualClock>();
  const auto transport = std::make_shared<FakeTransport>(
      [](const HttpRequest&, const CancellationToken&) -> HttpResponse {
        return {204, {}, {}};
      });
  ClientOptions options;
  options.api_key = "key";
  const CallContext calls(options, {transport, clock, [] { return 0.0; }});
  RequestOptions request_options;
  request_options.total_timeout = milliseconds{1001};
  EXPECT_THROW(
      callOperation<ResponseInfo>(calls, kUpdate, {"p", "i"}, request_options, SlowContent{clock}),
      TimeoutError);
  EXPECT_TRUE(transport->requests().empty());
  request_options.total_timeout = milliseconds{1002};
  callOperation<ResponseInfo>(calls, kUpdate, {"p", "i"}, request_options, SlowContent{clock});
  EXPECT_EQ(transport->requests().size(), 1u);
}

}  // namespace
}  // namespace heymilo
