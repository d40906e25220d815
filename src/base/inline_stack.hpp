#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace heymilo {

/// A stack whose first `N` elements need no allocation.
template <class T, std::size_t N>
class InlineStack {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  InlineStack() = default;
  InlineStack(const InlineStack&) = default;  // and no move, which would leave another size
  InlineStack& operator=(const InlineStack&) = default;
  ~InlineStack() = default;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  /// Counted from the bottom.
  const T& operator[](std::size_t at) const noexcept { return at < N ? first_[at] : rest_[at - N]; }
  /// The top.
  T& back() noexcept { return size_ <= N ? first_[size_ - 1] : rest_.back(); }
  const T& back() const noexcept { return (*this)[size_ - 1]; }

  void push(const T& element) {
    if (size_ < N) {
      first_[size_] = element;
    } else {
      rest_.push_back(element);
    }
    ++size_;
  }
  void pop() noexcept {
    --size_;
    if (size_ >= N) {
      rest_.pop_back();
    }
  }
  void clear() noexcept {
    rest_.clear();
    size_ = 0;
  }

 private:
  std::array<T, N> first_{};
  std::vector<T> rest_;
  std::size_t size_ = 0;
};

}  // namespace heymilo
