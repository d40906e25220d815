#include "heymilo/pending_call.hpp"

namespace heymilo::detail {

std::shared_ptr<const Error> errorIn(const std::exception_ptr& exception) noexcept {
  try {
    if (exception) {
      std::rethrow_exception(exception);
    }
  } catch (const Error& error) {
#ifdef _MSC_VER  // which throws a copy again, on the stack
    try {
      return std::make_shared<const Error>(error);
    } catch (...) {  // NOLINT(bugprone-empty-catch): without memory there is no more to be said
    }
#else  // the object itself, which `exception` keeps
    return {std::shared_ptr<void>(), &error};
#endif
  } catch (...) {  // NOLINT(bugprone-empty-catch): not an Error
  }
  return nullptr;
}

}  // namespace heymilo::detail
