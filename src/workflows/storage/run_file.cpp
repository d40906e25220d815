#include "workflows/storage/run_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <random>
#include <string_view>
#include <system_error>
#include <thread>

#ifndef _WIN32
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/closed_in_children.hpp"
#endif

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

namespace {

constexpr std::string_view kTitle = "heymilo run 1\n";
constexpr std::size_t kDigits = 16;  // of a number, and a space or newline
constexpr std::size_t kLength = kTitle.size() + 3 * (kDigits + 1);

std::string written(const RunFile::State& state) {
  std::array<char, 3 * (kDigits + 1) + 1> numbers{};
  std::snprintf(numbers.data(),
                numbers.size(),
                "%016llx %016llx %016llx\n",
                static_cast<unsigned long long>(state.last),
                static_cast<unsigned long long>(state.next),
                static_cast<unsigned long long>(state.journal));
  return std::string(kTitle) + numbers.data();
}

RunFile::State parsed(std::string_view text) {
  std::array<std::uint64_t, 3> numbers{};
  if (text.size() != kLength || text.substr(0, kTitle.size()) != kTitle) {
    return {};
  }
  text.remove_prefix(kTitle.size());
  for (std::uint64_t& number : numbers) {
    const char* const end = text.data() + kDigits;
    const auto [read_to, error] = std::from_chars(text.data(), end, number, 16);
    if (error != std::errc() || read_to != end) {
      return {};
    }
    text.remove_prefix(kDigits + 1);
  }
  return {static_cast<std::int64_t>(numbers[0]), static_cast<std::int64_t>(numbers[1]), numbers[2]};
}

[[noreturn]] void fail(const std::string& path, const char* what, int error) {
  throw StoreError("can't " + std::string(what) + ' ' + path + ": " +
                   std::system_category().message(error));
}

}  // namespace

std::int64_t randomNumber() {
  std::random_device random;
  std::uint64_t number = 0;
  while (number == 0) {
    number = (std::uint64_t{random()} << 32U | random()) >> 1U;
  }
  return static_cast<std::int64_t>(number);
}

#ifdef __linux__

namespace {

constexpr std::int64_t kWriter = std::int64_t{1} << 20;       // the byte of who writes
constexpr std::int64_t kFirstWorker = std::int64_t{1} << 40;  // theirs are from here on

struct flock byteAt(short type, std::int64_t at) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(at);
  lock.l_len = 1;
  return lock;
}

}  // namespace

class RunFile::Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : file_([&path] {
          return ::open(path.c_str(),
                        O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
                        0600);
        }) {}
  int get() const noexcept { return file_.get(); }

 private:
  const ClosedInChildren file_;
};

RunFile::RunFile(const std::string& journal)
    : path_(journal + "-run"), file_(std::make_unique<Descriptor>(path_)) {
  struct stat about {};
  if (file_->get() < 0 || fstat(file_->get(), &about) != 0) {
    fail(path_, "open", errno);
  }
  if (!S_ISREG(about.st_mode)) {
    throw StoreError("can't use " + path_ + ": it must be a regular file");
  }
  place_ = std::to_string(about.st_dev) + ':' + std::to_string(about.st_ino);
}

bool RunFile::hasLocks() noexcept { return true; }

RunFile::State RunFile::read() const {
  std::array<char, kLength> text{};
  const ssize_t length = pread(file_->get(), text.data(), text.size(), 0);
  if (length < 0) {
    fail(path_, "read", errno);
  }
  return parsed({text.data(), static_cast<std::size_t>(length)});
}

void RunFile::write(const State& state) const {
  const std::string text = written(state);
  const ssize_t length = pwrite(file_->get(), text.data(), text.size(), 0);
  if (length != static_cast<ssize_t>(text.size())) {
    fail(path_, "write", length < 0 ? errno : ENOSPC);
  }
}

void RunFile::lock(std::chrono::milliseconds patience) const {
  constexpr std::chrono::microseconds kFirst{100}, kLongest{3000};
  const auto end = std::chrono::steady_clock::now() + patience;
  for (auto pause = kFirst;; pause = pause < kLongest ? pause * 2 : kLongest) {
    struct flock lock = byteAt(F_WRLCK, kWriter);
    if (fcntl(file_->get(), F_OFD_SETLK, &lock) == 0) {
      return;
    }
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      fail(path_, "lock", errno);
    }
    if (std::chrono::steady_clock::now() >= end) {
      throw StoreError("another process holds the lock of " + path_ +
                       " (is it stopped?): end it or let it continue");
    }
    std::this_thread::sleep_for(pause);
  }
}

void RunFile::unlock() const noexcept {
  struct flock lock = byteAt(F_UNLCK, kWriter);
  fcntl(file_->get(), F_OFD_SETLK, &lock);
}

std::int64_t RunFile::lockWorker() const {
  for (;;) {
    const std::int64_t at = kFirstWorker | randomNumber() >> 1;
    struct flock lock = byteAt(F_WRLCK, at);
    if (fcntl(file_->get(), F_OFD_SETLK, &lock) == 0) {
      return at;
    }
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      fail(path_, "lock", errno);
    }
  }
}

void RunFile::unlockWorker(std::int64_t at) const noexcept {
  struct flock lock = byteAt(F_UNLCK, at);
  fcntl(file_->get(), F_OFD_SETLK, &lock);
}

std::optional<bool> RunFile::lives(const std::string& place, std::int64_t at) const {
  struct flock lock = byteAt(F_WRLCK, at);
  if (place != place_ || at < kFirstWorker || fcntl(file_->get(), F_OFD_GETLK, &lock) != 0) {
    return std::nullopt;
  }
  return lock.l_type != F_UNLCK;
}

#else

class RunFile::Descriptor {};

RunFile::RunFile(const std::string& journal) : path_(journal + "-run") {
#ifndef _WIN32
  const int made =
      ::open(path_.c_str(), O_CREAT | O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
  if (made < 0) {
    fail(path_, "open", errno);
  }
  ::close(made);
#endif
}

bool RunFile::hasLocks() noexcept { return false; }

RunFile::State RunFile::read() const {
  std::ifstream in(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parsed(text);
}

void RunFile::write(const State& state) const {
  std::ofstream out(path_, std::ios::binary | std::ios::in | std::ios::out);
  if (!out) {
    out.open(path_, std::ios::binary);
  }
  out << written(state);
  out.close();
  if (!out) {
    fail(path_, "write", errno);
  }
}

void RunFile::lock(std::chrono::milliseconds) const {}
void RunFile::unlock() const noexcept {}
std::int64_t RunFile::lockWorker() const { return 0; }
void RunFile::unlockWorker(std::int64_t) const noexcept {}
std::optional<bool> RunFile::lives(const std::string&, std::int64_t) const { return std::nullopt; }

#endif

RunFile::~RunFile() = default;

}  // namespace heymilo::workflows
