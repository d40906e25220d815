#include "base/closed_in_children.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>

namespace heymilo {

namespace {

// What fork() needs to know, which asks nobody: of types without a constructor or destructor.
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;  // held during fork()
ClosedInChildren* first = nullptr;                  // guarded by mutex, as the links are

void lock() { pthread_mutex_lock(&mutex); }
void unlock() { pthread_mutex_unlock(&mutex); }

}  // namespace

/// In the child, where only async-signal-safe functions may be called.
void ClosedInChildren::closeAll() noexcept {
  for (ClosedInChildren* each = first; each != nullptr; each = each->next_) {
    if (each->descriptor_ >= 0) {
      close(each->descriptor_);
      each->descriptor_ = -1;
    }
  }
  unlock();
}

ClosedInChildren::ClosedInChildren(int (*open)(const void*), const void* argument) {
  static const int refused = pthread_atfork(lock, unlock, closeAll);
  lock();
  if (refused == 0) {
    descriptor_ = open(argument);
  } else {
    errno = refused;
  }
  next_ = first;
  if (first != nullptr) {
    first->previous_ = this;
  }
  first = this;
  unlock();
}

ClosedInChildren::~ClosedInChildren() {
  lock();
  (previous_ != nullptr ? previous_->next_ : first) = next_;
  if (next_ != nullptr) {
    next_->previous_ = previous_;
  }
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
  unlock();
}

}  // namespace heymilo
