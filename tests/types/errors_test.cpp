#include "heymilo/errors.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <type_traits>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo {
namespace {

template <typename Derived, typename Base>
constexpr bool kIs = std::is_base_of_v<Base, Derived>;

static_assert(kIs<Error, std::runtime_error>);
static_assert(kIs<InvalidArgumentError, Error>);
static_assert(kIs<TransportError, Error>);
static_assert(kIs<ConnectionError, TransportError>);
static_assert(kIs<TimeoutError, TransportError>);
static_assert(kIs<CancelledError, TransportError>);
static_assert(kIs<DecodeError, Error>);
static_assert(kIs<PaginationError, Error>);
static_assert(kIs<OverloadError, Error>);
static_assert(kIs<StoreError, Error>);
static_assert(std::is_same_v<workflows::StoreError, StoreError>);
static_assert(kIs<StatusError, Error>);
static_assert(kIs<BadRequestError, StatusError>);
static_assert(kIs<AuthenticationError, StatusError>);
static_assert(kIs<PermissionDeniedError, StatusError>);
static_assert(kIs<NotFoundError, StatusError>);
static_assert(kIs<UnprocessableEntityError, StatusError>);
static_assert(kIs<RateLimitError, StatusError>);
static_assert(kIs<ServerError, StatusError>);

StatusError::Details ofStatus(int status) {
  StatusError::Details details;
  details.status = status;
  return details;
}

TEST(Errors, TellWhetherTheRequestMayHaveArrived) {
  EXPECT_FALSE(ConnectionError("", Outcome::not_sent).mayHaveArrived());
  EXPECT_FALSE(StatusError("", ofStatus(422)).mayHaveArrived());
  EXPECT_TRUE(ConnectionError("").mayHaveArrived());
  EXPECT_TRUE(DecodeError("", "").mayHaveArrived());
}

TEST(Errors, NameTheFieldsAtFaultInOneWay) {
  StatusError::Details details = ofStatus(422);
  details.error = {"invalid_request_error", "validation_error", "a name is required", "body.name"};
  std::vector<APIErrorDetail> fields = UnprocessableEntityError("", details).fields();
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0], (APIErrorDetail{"validation_error", "a name is required", "body.name"}));
  details.error.errors = {{{"missing", "is missing", "body.email"}, {"short", "too short"}}};
  fields = UnprocessableEntityError("", details).fields();
  EXPECT_EQ(fields, *details.error.errors);
}

TEST(Errors, TellWhatBecameOfTheRequest) {
  EXPECT_EQ(InvalidArgumentError("limit", "must be 1 to 100").outcome(), Outcome::not_sent);
  EXPECT_EQ(ConnectionError("reset").outcome(), Outcome::unknown);
  EXPECT_EQ(OverloadError("no thread").outcome(), Outcome::not_sent);
  EXPECT_EQ(StoreError("no file").outcome(), Outcome::not_sent);
  EXPECT_EQ(StoreError("no file", Outcome::unknown).outcome(), Outcome::unknown);
  EXPECT_EQ(ConnectionError("refused", Outcome::not_sent).outcome(), Outcome::not_sent);
  EXPECT_EQ(TimeoutError("late").outcome(), Outcome::unknown);
  EXPECT_EQ(CancelledError("stopped").outcome(), Outcome::unknown);
  EXPECT_EQ(DecodeError("not JSON", "").outcome(), Outcome::applied);
  EXPECT_EQ(DecodeError("no name", "/name", "", Outcome::not_sent).outcome(), Outcome::not_sent);
  for (const int status : {100, 204, 301, 304, 399, 408, 499, 500, 502, 599}) {
    EXPECT_EQ(StatusError("", ofStatus(status)).outcome(), Outcome::unknown) << status;
  }
  for (const int status : {400, 401, 403, 404, 409, 421, 425, 429, 444, 460, 463, 498}) {
    EXPECT_EQ(StatusError("", ofStatus(status)).outcome(), Outcome::rejected) << status;
  }
}

TEST(Errors, NameTheParameterButShowWhatMayBeShown) {
  const InvalidArgumentError plain("limit", "must be 1 to 100");
  EXPECT_STREQ(plain.what(), "limit: must be 1 to 100");
  EXPECT_EQ(plain.param(), "limit");
  const InvalidArgumentError masked("metadata.shoe size", "is too long", "metadata.***");
  EXPECT_STREQ(masked.what(), "metadata.***: is too long");
  EXPECT_EQ(masked.param(), "metadata.shoe size");
}

TEST(Errors, AreCopiedWithoutAThrow) {
  // Exceptions are copied, and a throwing copy constructor would terminate the program.
  EXPECT_TRUE(std::is_nothrow_copy_constructible_v<InvalidArgumentError>);
  EXPECT_TRUE(std::is_nothrow_copy_constructible_v<DecodeError>);
  EXPECT_TRUE(std::is_nothrow_copy_constructible_v<RateLimitError>);
  const DecodeError error("not JSON", "/data/0", std::string(1000, 'x'));
  const DecodeError copy = error;
  EXPECT_EQ(&copy.rawBody(), &error.rawBody());
}

TEST(Errors, HaveNamesForTheOutcomes) {
  EXPECT_EQ(toString(Outcome::not_sent), "not_sent");
  EXPECT_EQ(toString(Outcome::rejected), "rejected");
  EXPECT_EQ(toString(Outcome::unknown), "unknown");
  EXPECT_EQ(toString(Outcome::applied), "applied");
  EXPECT_EQ(to_string(Outcome::unknown), "unknown");
  EXPECT_EQ(::testing::PrintToString(Outcome::not_sent), "not_sent");
}

}  // namespace
}  // namespace heymilo
