#pragma once

#include <optional>

#include "heymilo/options.hpp"

namespace heymilo {

/// The options of a call whose client has defaults: what is set in `options` replaces what
/// `defaults` have. Headers add up, the defaults' first; the earlier `deadline` holds; the
/// cancellation of either ends the call; and both `may_send` have to allow an attempt.
RequestOptions withDefaults(const RequestOptions& defaults, RequestOptions options);

/// The same for a client that may have none: then `options` are not copied, and must outlive this.
class EffectiveOptions {
 public:
  /// `defaults` may be null.
  EffectiveOptions(const RequestOptions* defaults, const RequestOptions& options)
      : options_(options) {
    if (defaults != nullptr) {
      merged_.emplace(withDefaults(*defaults, options));
    }
  }

  const RequestOptions& operator*() const noexcept { return merged_ ? *merged_ : options_; }

 private:
  const RequestOptions& options_;
  std::optional<RequestOptions> merged_;
};

}  // namespace heymilo
