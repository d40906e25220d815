#include "bulk/ordered_report.hpp"

#include <utility>

namespace bulk {

void OrderedReport::write(std::uint64_t index, std::string line) {
  if (index < next_) {  // it is late
    file_.write(line);
    return;
  }
  waiting_.emplace(index, std::move(line));
  while (!waiting_.empty() && (waiting_.begin()->first == next_ || waiting_.size() > most_)) {
    const auto first = waiting_.begin();
    file_.write(first->second);
    next_ = first->first + 1;
    waiting_.erase(first);
  }
}

void OrderedReport::finish() {
  for (const auto& [index, line] : waiting_) {
    file_.write(line);
  }
  waiting_.clear();
  file_.finish();
}

}  // namespace bulk
