#include "workflows/storage/journal_members.hpp"

#include <string_view>

#include "workflows/storage/journal_records.hpp"

namespace heymilo::workflows {

using sqlite::Statement;

namespace {

/// A statement for StoredPosting.
std::string selectPosting(const char* where) {
  return std::string(
             "SELECT id, posting_id, base_url, key_name, digest_version, adopted, ever_adopted, "
             "adoption, searcher, claims, newest_shown, newest, undated FROM heymilo_posting "
             "WHERE ") +
         where;
}

std::string newAdoption() { return std::to_string(randomNumber()); }

/// The row that the statement finds, which is then reset.
std::optional<StoredPosting> postingOf(Statement& select) {
  if (!select.step()) {
    return std::nullopt;
  }
  StoredPosting posting;
  posting.id = select.integer(0);
  posting.posting = {
      select.text(1), select.text(2), select.text(3), static_cast<int>(select.integer(4))};
  posting.adopted = select.integer(5) != 0;
  posting.ever_adopted = select.integer(6) != 0;
  posting.adoption = select.text(7);
  posting.searcher = select.text(8);
  posting.claims = select.integer(9);
  posting.newest_shown = integerIn(select, 10);
  posting.newest = timeIn(select, 11);
  posting.undated = select.integer(12) != 0;
  select.reset();
  return posting;
}

StoredWorker workerIn(const Statement& select) {
  StoredWorker worker;
  worker.worker = select.text(0);
  worker.posting = select.integer(1);
  worker.number = select.integer(2);
  worker.outlast = std::chrono::milliseconds(select.integer(3));
  worker.begun = select.integer(4) != 0;
  worker.gone = select.integer(5) != 0;
  worker.lock_file = select.text(6);
  worker.lock_byte = select.integer(7);
  return worker;
}

}  // namespace

void StoredPosting::unadopt() {
  adopted = false;
  adoption = newAdoption();
  searcher.clear();
}

std::optional<StoredPosting> JournalMembers::posting(std::int64_t id) {
  static const std::string select = selectPosting("id = ?");
  return postingOf(journal_.statement(select).bind(1, id));
}

std::optional<StoredPosting> JournalMembers::posting(const std::string& posting_id) {
  static const std::string select = selectPosting("posting_id = ?");
  return postingOf(journal_.statement(select).bind(1, posting_id));
}

std::optional<StoredPosting> JournalMembers::onlyPosting() {
  static const std::string select = selectPosting("(SELECT count(*) FROM heymilo_posting) = 1");
  return postingOf(journal_.statement(select));
}

StoredPosting JournalMembers::add(const JournalPosting& posting) {
  journal_
      .statement(
          "INSERT INTO heymilo_posting(posting_id, base_url, key_name, digest_version, adoption) "
          "VALUES(?, ?, ?, ?, ?)")
      .bind(1, posting.posting_id)
      .bind(2, posting.base_url)
      .bind(3, posting.key_name)
      .bind(4, std::int64_t{posting.digest_version})
      .bind(5, newAdoption())
      .run();
  return this->posting(posting.posting_id).value();
}

void JournalMembers::write(const StoredPosting& posting) {
  journal_
      .statement(
          "UPDATE heymilo_posting SET adopted = ?, ever_adopted = ?, adoption = ?, searcher = ?, "
          "claims = ?, newest_shown = ?, newest = ?, undated = ? WHERE id = ?")
      .bind(1, posting.adopted)
      .bind(2, posting.ever_adopted)
      .bind(3, posting.adoption)
      .bind(4, posting.searcher)
      .bind(5, posting.claims)
      .bind(6, posting.newest_shown)
      .bind(7, posting.newest)
      .bind(8, posting.undated)
      .bind(9, posting.id)
      .run();
}

void JournalMembers::writeBinding(const StoredPosting& posting) {
  journal_
      .statement(
          "UPDATE heymilo_posting SET base_url = ?, key_name = ?, digest_version = ? WHERE id = ?")
      .bind(1, posting.posting.base_url)
      .bind(2, posting.posting.key_name)
      .bind(3, std::int64_t{posting.posting.digest_version})
      .bind(4, posting.id)
      .run();
}

void JournalMembers::unadoptAll() {
  journal_.statement("UPDATE heymilo_posting SET adopted = 0, adoption = ?, searcher = ''")
      .bind(1, newAdoption())
      .run();
  journal_.statement("UPDATE heymilo_worker SET gone = 1 WHERE gone = 0").run();
}

std::optional<StoredWorker> JournalMembers::worker(const std::string& worker) {
  Statement& select = journal_.statement(
      "SELECT worker, posting, number, outlast, begun, gone, lock_file, lock_byte "
      "FROM heymilo_worker WHERE worker = ?");
  if (!select.bind(1, worker).step()) {
    return std::nullopt;
  }
  std::optional<StoredWorker> found = workerIn(select);
  select.reset();
  return found;
}

std::optional<StoredWorker> JournalMembers::workerAt(std::int64_t lock_byte) {
  Statement& select = journal_.statement(
      "SELECT worker, posting, number, outlast, begun, gone, lock_file, lock_byte "
      "FROM heymilo_worker WHERE lock_byte = ? AND gone = 0");
  if (!select.bind(1, lock_byte).step()) {
    return std::nullopt;
  }
  StoredWorker worker = workerIn(select);
  select.reset();
  return worker;
}

std::vector<StoredWorker> JournalMembers::workers(std::int64_t posting) {
  Statement& select = journal_.statement(
      "SELECT worker, posting, number, outlast, begun, gone, lock_file, lock_byte "
      "FROM heymilo_worker WHERE posting = ? AND gone = 0 ORDER BY id");
  std::vector<StoredWorker> workers;
  select.bind(1, posting);
  while (select.step()) {
    workers.push_back(workerIn(select));
  }
  return workers;
}

void JournalMembers::add(const StoredWorker& worker) {
  journal_
      .statement(
          "INSERT INTO heymilo_worker(worker, posting, name, number, outlast, lock_file, "
          "lock_byte) VALUES(?, ?, ?, ?, ?, ?, ?)")
      .bind(1, worker.worker)
      .bind(2, worker.posting)
      .bind(3, worker.name)
      .bind(4, worker.number)
      .bind(5, std::int64_t{worker.outlast.count()})
      .bind(6, worker.lock_file)
      .bind(7, worker.lock_byte)
      .run();
  journal_
      .statement(
          "DELETE FROM heymilo_worker WHERE gone AND id NOT IN "
          "(SELECT id FROM heymilo_worker WHERE gone ORDER BY id DESC LIMIT 1000)")
      .run();
}

void JournalMembers::writeNumber(const std::string& worker, std::int64_t number) {
  journal_.statement("UPDATE heymilo_worker SET number = ? WHERE worker = ?")
      .bind(1, number)
      .bind(2, worker)
      .run();
}

void JournalMembers::writeBegun(const std::string& worker, bool begun) {
  journal_.statement("UPDATE heymilo_worker SET begun = ? WHERE worker = ?")
      .bind(1, begun)
      .bind(2, worker)
      .run();
}

void JournalMembers::writeGone(const std::string& worker) {
  journal_.statement("UPDATE heymilo_worker SET gone = 1 WHERE worker = ?").bind(1, worker).run();
}

void JournalMembers::writeAllGone(std::int64_t posting) {
  journal_.statement("UPDATE heymilo_worker SET gone = 1 WHERE posting = ? AND gone = 0")
      .bind(1, posting)
      .run();
}

std::chrono::milliseconds JournalMembers::longestOutlast(std::int64_t posting) {
  Statement& select =
      journal_.statement("SELECT max(outlast) FROM heymilo_worker WHERE posting = ?");
  std::chrono::milliseconds longest{0};
  if (select.bind(1, posting).step()) {
    longest = std::chrono::milliseconds(select.integer(0));
  }
  select.reset();
  return longest;
}

}  // namespace heymilo::workflows
