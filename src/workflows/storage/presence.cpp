#include "workflows/storage/presence.hpp"

#include <filesystem>
#include <utility>

#ifdef __linux__
#include <fcntl.h>
#include <unistd.h>

#include "base/closed_in_children.hpp"
#endif

namespace heymilo::workflows {

#ifdef __linux__

namespace {

struct flock lockOf(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0;
  lock.l_len = 1;
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
  auto opened = std::make_unique<Descriptor>(directory.empty() ? "." : directory.string());
  struct flock lock = lockOf(F_RDLCK);
  if (opened->get() >= 0 && fcntl(opened->get(), F_OFD_SETLK, &lock) == 0) {
    directory_ = std::move(opened);
  }
}

bool Presence::alone() const noexcept {
  struct flock lock = lockOf(F_WRLCK);
  return directory_ && fcntl(directory_->get(), F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
}

#else

class Presence::Descriptor {};

Presence::Presence(const std::string&) {}
bool Presence::alone() const noexcept { return false; }

#endif

Presence::~Presence() = default;

}  // namespace heymilo::workflows
