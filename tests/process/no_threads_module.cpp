// Loaded into a program (LD_PRELOAD): the system has no thread left after NO_THREADS_AFTER.

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

extern "C" [[gnu::visibility("default")]] int pthread_create(pthread_t* thread,
                                                             const pthread_attr_t* attributes,
                                                             void* (*routine)(void*),
                                                             void* argument) noexcept {
  static const auto real = reinterpret_cast<Create*>(dlsym(RTLD_NEXT, "pthread_create"));
  static std::atomic<int> left{std::atoi(std::getenv("NO_THREADS_AFTER"))};
  return left-- > 0 ? real(thread, attributes, routine, argument) : EAGAIN;
}
