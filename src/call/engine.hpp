#pragma once

#include <memory>

#include "base/per_process.hpp"
#include "call/call_queue.hpp"
#include "curl/curl_loop.hpp"
#include "heymilo/engine.hpp"
#include "types/clock.hpp"

namespace heymilo {

class Engine::Impl {
 public:
  /// Throws InvalidArgumentError.
  explicit Impl(EngineOptions options);

  /// What a child of fork() can't share with its parent.
  struct Process {
    ~Process() { loop->close(); }

    std::shared_ptr<CurlLoop> loop;
    std::shared_ptr<CallQueue> queue;
  };

  Process& process() const { return *process_; }
  const std::shared_ptr<Clock>& clock() const noexcept { return clock_; }

 private:
  const std::shared_ptr<Clock> clock_;
  const PerProcess<Process> process_;
};

}  // namespace heymilo
