#include "workflows/storage/presence.hpp"

#include <filesystem>
#include <limits>
#include <utility>

#ifdef __linux__
#include <fcntl.h>
#include <unistd.h>

#include "base/closed_in_children.hpp"
#endif

namespace heymilo::workflows {

#ifdef __linux__

namespace {

constexpr std::int64_t kLast = (std::numeric_limits<std::int64_t>::max)() - 1;

struct flock lockOf(short type, std::int64_t from, std::int64_t length) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(from);
  lock.l_len = static_cast<off_t>(length);
  return lock;
}

}  // namespace

class Presence::Descriptor {
 public:
  explicit Descriptor(const std::string& directory)
      : file_([&directory] {
          return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }) {}
  int get() const noexcept { return file_.get(); }

 private:
  const ClosedInChildren file_;
};

Presence::Presence(const std::string& file) {
  const std::filesystem::path directory = std::filesystem::path(file).parent_path();
  directory_ = std::make_unique<Descriptor>(directory.empty() ? "." : directory.string());
}

void Presence::show(std::int64_t byte) {
  struct flock lock = lockOf(F_RDLCK, byte, 1);
  shown_ = directory_->get() >= 0 && fcntl(directory_->get(), F_OFD_SETLK, &lock) == 0;
}

std::optional<std::vector<std::int64_t>> Presence::others() const {
  if (!shown_) {
    return std::nullopt;
  }
  std::vector<std::int64_t> others;
  // The kernel tells one lock of a range, and not the first one: the rest is on both sides of it.
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges{{0, kLast}};
  while (!ranges.empty()) {
    const auto [first, last] = ranges.back();
    ranges.pop_back();
    struct flock lock = lockOf(F_WRLCK, first, last - first + 1);
    if (fcntl(directory_->get(), F_OFD_GETLK, &lock) != 0) {
      return std::nullopt;
    }
    if (lock.l_type == F_UNLCK) {
      continue;
    }
    const std::int64_t at = lock.l_start;
    if (lock.l_len != 1 || at < first || at > last) {
      return std::nullopt;  // it is something else
    }
    others.push_back(at);
    if (at > first) {
      ranges.emplace_back(first, at - 1);
    }
    if (at < last) {
      ranges.emplace_back(at + 1, last);
    }
  }
  return others;
}

#else

class Presence::Descriptor {};

Presence::Presence(const std::string&) {}
void Presence::show(std::int64_t) {}
std::optional<std::vector<std::int64_t>> Presence::others() const { return std::nullopt; }

#endif

Presence::~Presence() = default;

}  // namespace heymilo::workflows
