#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "heymilo/workflows/journal.hpp"

namespace heymilo_test {

/// What each journal has to do, as journal.hpp says it. A store's test has a suite for it:
///
/// ```
/// class MyJournal : public ::testing::TestWithParam<JournalRule> {};
/// TEST_P(MyJournal, Holds) { GetParam().check(a function that opens one new journal); }
/// INSTANTIATE_TEST_SUITE_P(, MyJournal, ::testing::ValuesIn(journalContract()), nameOf);
/// ```
///
/// Each opening of the journal is a process: when it is destroyed, that process has died.
using OpensJournal = std::function<std::shared_ptr<heymilo::workflows::Journal>()>;

struct JournalRule {
  const char* name;
  void (*check)(const OpensJournal&);
};
inline void PrintTo(const JournalRule& rule, std::ostream* out) { *out << rule.name; }
inline std::string nameOf(const ::testing::TestParamInfo<JournalRule>& info) {
  return info.param.name;
}

/// The rules of claims, results and workers.
std::vector<JournalRule> claimRules();
/// The rules of searches in the posting.
std::vector<JournalRule> searchRules();
/// The rules of forgetting who was deleted.
std::vector<JournalRule> forgetRules();
/// All of them.
inline std::vector<JournalRule> journalContract() {
  std::vector<JournalRule> rules = claimRules();
  for (const auto& more : {searchRules(), forgetRules()}) {
    rules.insert(rules.end(), more.begin(), more.end());
  }
  return rules;
}

}  // namespace heymilo_test
