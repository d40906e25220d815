// A mirror's walk that began while this machine's clock was ahead.

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

#include "heymilo/workflows/mirror.hpp"
#include "support/mirror_fakes.hpp"
#include "support/wall_clock.hpp"

namespace heymilo::workflows {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A candidate that appears in the list after the walk has passed its position is found by the next
// run, which begins where this one began: this must not depend on a wrong clock.
TEST(MirrorClock, OneThatWasAheadHidesNobody) {
  for (const hours ahead : {hours{1}, hours{48}}) {
    test::FakeList list;
    test::MemorySink sink;
    const Timestamp begun = parseTimestamp("2026-03-03T00:00:00Z");
    list.date = "Tue, 03 Mar 2026 00:00:00 GMT";
    list.add(100, begun - hours{48}, minutes{1});
    list.add(50, begun - minutes{50}, minutes{1});
    heymilo_test::setWallClock(begun + ahead - std::chrono::system_clock::now());
    sink.pages = 1;
    EXPECT_THROW(mirrorCandidates(list.client(), "p", sink), std::runtime_error);
    sink.pages = 1'000;
    heymilo_test::setWallClock({});

    // A day later: one that was accepted just before the walk began, and many since.
    list.date = "Wed, 04 Mar 2026 00:00:00 GMT";
    list.candidates.insert(list.candidates.begin(),
                           test::mirroredCandidate("late", begun - minutes{2}));
    list.add(150, begun + minutes{30}, minutes{9});
    EXPECT_TRUE(mirrorCandidates(list.client(), "p", sink).resumed);
    mirrorCandidates(list.client(), "p", sink);
    EXPECT_EQ(sink.rows.count("late"), 1u);
    EXPECT_EQ(sink.rows.size(), list.candidates.size());
  }
}

}  // namespace
}  // namespace heymilo::workflows
