#include "call/engine.hpp"

#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo {

Engine::Impl::Impl(EngineOptions options)
    : clock_(options.clock ? std::move(options.clock) : Clock::steady()),
      process_([clock = clock_, max_connections = options.max_connections,
                max_pending = options.max_pending] {
        return std::unique_ptr<Process>(
            new Process{std::make_shared<CurlLoop>(clock, max_connections),
                        std::make_shared<CallQueue>(max_pending, max_connections)});
      }) {
  if (options.max_connections == 0) {
    throw InvalidArgumentError("max_connections", "must be at least 1");
  }
  if (options.max_pending == 0) {
    throw InvalidArgumentError("max_pending", "must be at least 1");
  }
}

Engine::Engine(EngineOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {}

std::size_t Engine::pending() const { return impl_->process().queue->pending(); }

void Engine::wait() const { impl_->process().queue->waitForNone(); }

}  // namespace heymilo
