#include "heymilo/pending_call.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace heymilo {
namespace {

Result<std::string> failed() {
  return Result<std::string>(
      std::make_exception_ptr(ConnectionError("connecting: refused", Outcome::not_sent)));
}

TEST(Result, HasAnAnswerOrAnError) {
  const Result<std::string> answer(std::string("in"));
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(answer.value(), "in");
  EXPECT_EQ(answer.error(), nullptr);
  EXPECT_EQ(answer.exception(), nullptr);

  const Result<std::string> error = failed();
  EXPECT_FALSE(error.ok());
  ASSERT_NE(error.error(), nullptr);
  EXPECT_EQ(error.error()->outcome(), Outcome::not_sent);
  EXPECT_STREQ(error.error()->what(), "connecting: refused");
#ifndef _MSC_VER
  EXPECT_NE(dynamic_cast<const ConnectionError*>(error.error()), nullptr);
#endif
  EXPECT_NE(error.exception(), nullptr);
  EXPECT_THROW(error.value(), ConnectionError);
}

TEST(Result, TheErrorLivesAsLongAsACopy) {
  std::optional<Result<std::string>> first = failed();
  const Result<std::string> copy = *first;
  const Result<std::string> moved = std::move(*first);
  EXPECT_EQ(first->error(), nullptr);  // NOLINT(bugprone-use-after-move)
  first.reset();
  for (const Result<std::string>* one : {&copy, &moved}) {
    ASSERT_NE(one->error(), nullptr);
    EXPECT_STREQ(one->error()->what(), "connecting: refused");
  }
}

TEST(Result, WhatIsNotAnErrorIsAnExceptionAllTheSame) {
  const Result<std::string> result(std::make_exception_ptr(std::bad_alloc()));
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.error(), nullptr);
  EXPECT_NE(result.exception(), nullptr);
  EXPECT_THROW(result.value(), std::bad_alloc);
}

}  // namespace
}  // namespace heymilo
