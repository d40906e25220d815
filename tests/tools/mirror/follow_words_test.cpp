#include "mirror/follow_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <heymilo/errors.hpp>
#include <initializer_list>
#include <string>

namespace mirroring {
namespace {

using heymilo::workflows::FollowStatus;
using State = FollowStatus::State;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// What is printed while a follower has these states, one after the other.
std::string said(std::initializer_list<State> states, bool quiet = false) {
  ::testing::internal::CaptureStderr();
  FollowWords words(quiet);
  for (const State state : states) {
    FollowStatus status;
    status.state = state;
    if (state == State::failing) {
      status.error = std::make_exception_ptr(heymilo::StoreError("the database is away"));
    }
    if (state == State::in_step) {
      status.lag = std::chrono::seconds{2};
    }
    words.show(status);
    words.show(status);  // each is said once
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(FollowWords, SayWhenItIsInStep) {
  EXPECT_EQ(said({State::catching_up, State::in_step}),
            "heymilo: in step: 0 candidates read, 0 new, 0 changed, 0 gone; 0 requests\n");
  EXPECT_THAT(said({State::catching_up, State::in_step}, true), IsEmpty());
}

TEST(FollowWords, SayWhenAProblemBeginsAndEnds) {
  for (const bool quiet : {false, true}) {
    EXPECT_THAT(said({State::catching_up, State::failing, State::in_step}, quiet),
                StartsWith("heymilo: the database is away\nTrying again until it works.\n"
                           "heymilo: it works again: new candidates known up to 2 s ago\n"));
  }
}

TEST(FollowWords, SayWhichRunHasTheMirror) {
  EXPECT_EQ(said({State::standing_by, State::catching_up}),
            "heymilo: another run stores into this mirror, or has done so a moment ago. Standing "
            "by.\n"
            "heymilo: the other run has ended or is silent: this one has the mirror.\n");
  EXPECT_THAT(said({State::standing_by, State::catching_up}, true), IsEmpty());
}

// The database was restarted.
TEST(FollowWords, AProblemDoesNotHideWhoHasTheMirror) {
  EXPECT_THAT(said({State::standing_by, State::failing, State::standing_by, State::catching_up}),
              HasSubstr("heymilo: it works again. Standing by.\n"
                        "heymilo: the other run has ended"));
  EXPECT_THAT(said({State::standing_by, State::failing, State::catching_up}),
              HasSubstr("heymilo: the other run has ended or is silent"));
  EXPECT_THAT(said({State::standing_by, State::failing, State::standing_by}, true),
              HasSubstr("heymilo: it works again. Standing by.\n"));
}

}  // namespace
}  // namespace mirroring
