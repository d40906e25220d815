#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "heymilo/errors.hpp"
#include "heymilo/quota.hpp"

#ifdef __linux__
#include <sys/stat.h>

#include <cerrno>

#include "call/machine/machine_member.hpp"
#endif

namespace heymilo {

#ifdef __linux__

namespace {

using namespace machine;

/// Has no state, so that any thread and any child of fork() may use it.
class MachineQuota final : public SharedQuota {
 public:
  /// One of the two is empty.
  MachineQuota(std::string path, std::string folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}

  std::unique_ptr<QuotaMember> join(const QuotaTerms& terms,
                                    std::function<void()> /*wake*/) override {
    if (terms.requests > kMaxSlots) {
      throw InvalidArgumentError(
          "rate_limit.requests",
          "must be at most " + std::to_string(kMaxSlots) + " where machineQuota shares it");
    }
    if (!terms.real_time) {
      throw InvalidArgumentError(
          "clock",
          "must be the default with machineQuota, which counts real time: for a test with a clock "
          "of its own, derive a SharedQuota from that clock, or share no quota");
    }
    const std::string path = pathOf(terms.key);
    if (path_.empty() && mkdir(folder_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
      throw StoreError("machineQuota: the folder " + folder_ +
                       " can't be made: " + std::system_category().message(errno));
    }
    return std::make_unique<MachineMember>(path, terms);
  }

  std::optional<QuotaStatus> status(const std::string& key) override {
    return statusOf(pathOf(key), key);
  }

 private:
  std::string pathOf(const std::string& key) const {
    if (!path_.empty()) {
      return path_;
    }
    if (key.empty()) {
      throw InvalidArgumentError("quota",
                                 "needs a file of its own, machineQuota(PATH), where there is no "
                                 "api_key that names it: what stands in its place may change");
    }
    return folder_ + "/quota-" + key;
  }

  const std::string path_;
  const std::string folder_;
};

std::string runtimeFolder() {
  const char* folder = std::getenv("XDG_RUNTIME_DIR");  // NOLINT(concurrency-mt-unsafe)
  std::error_code error;
  if (folder == nullptr || *folder != '/' || !std::filesystem::is_directory(folder, error)) {
    throw InvalidArgumentError(
        "quota",
        "there is no folder $XDG_RUNTIME_DIR, as in a cron job or a container: name a file on a "
        "local disk, machineQuota(PATH) or HEYMILO_QUOTA=machine:PATH, the same for all programs "
        "that use the key");
  }
  return folder;
}

}  // namespace

std::shared_ptr<SharedQuota> machineQuota(std::string path) {
  if (path.empty()) {
    return std::make_shared<MachineQuota>("", runtimeFolder() + "/heymilo");
  }
  if (path.front() != '/' || path.find('\0') != std::string::npos) {
    throw InvalidArgumentError(
        "quota",
        "needs the absolute path of a file: a relative one leads programs in "
        "different folders to different files");
  }
  return std::make_shared<MachineQuota>(std::filesystem::path(path).lexically_normal().string(),
                                        "");
}

#else

std::shared_ptr<SharedQuota> machineQuota(std::string /*path*/) {
  throw InvalidArgumentError("quota",
                             "machineQuota needs locks that only Linux has: use a key for each "
                             "program, or heymilo::postgres::quota");
}

#endif

}  // namespace heymilo
