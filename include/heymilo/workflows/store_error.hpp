#pragma once

#include <stdexcept>
#include <string>

namespace heymilo::workflows {

/// A journal or a mirror on disk can't be used: it can't be opened or written, is damaged, is in
/// use by another run, or belongs to another source, posting or version. what() says which, names
/// the file, and holds no candidate's data.
class StoreError : public std::runtime_error {
 public:
  explicit StoreError(const std::string& message);  ///< what() is `message`
  ~StoreError() override;
};

}  // namespace heymilo::workflows
