// The journal in memory, with which the job is simulated, does what each journal has to do.

#include "workflows/job/journal_model.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "workflows/job/journal_contract.hpp"
#include "workflows/job/journal_worker.hpp"

namespace heymilo_test {
namespace {

class JournalModelContract : public ::testing::TestWithParam<JournalRule> {};

TEST_P(JournalModelContract, Holds) {
  const auto journal = std::make_shared<JournalModel>(JournalModel::Broken());
  GetParam().check([&] { return journal; });
}

INSTANTIATE_TEST_SUITE_P(, JournalModelContract, ::testing::ValuesIn(journalContract()), nameOf);

TEST(JournalModel, IsNotAdoptedAnyMoreAsAnOldCopy) {
  const auto journal = std::make_shared<JournalModel>(JournalModel::Broken());
  journal_contract::Worker worker([&] { return journal; });
  worker.adopt();
  const JournalModel::Data copy = journal->data();
  journal->restore(copy);
  worker.beat();
  EXPECT_EQ(worker.outcome(), heymilo::workflows::JournalOutcome::restored);
  EXPECT_FALSE(journal->data().adopted);
}

TEST(JournalModel, IsNotAdoptedAnyMoreWhereAWorkerKnowsMore) {
  const auto journal = std::make_shared<JournalModel>(JournalModel::Broken());
  journal_contract::Worker worker([&] { return journal; });
  worker.adopt();
  const JournalModel::Data copy = journal->data();
  worker.beat();
  journal->restore(copy, true);
  worker.beat();
  EXPECT_EQ(worker.outcome(), heymilo::workflows::JournalOutcome::restored);
  EXPECT_FALSE(journal->data().adopted);
}

}  // namespace
}  // namespace heymilo_test
