// Large arrays in huge pages. Touching a fresh 4 KiB page costs up to 3 CPU-seconds a GiB on virtual
// machines, a huge page a tenth of it, so every large array of the library lives in a HugeArray.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace coterie {

// Zeroed pages, aligned to at least 64 bytes; throws Error(memory) when the system has none.
void* allocate_pages(std::size_t bytes);
void free_pages(void* pages, std::size_t bytes);

// Arrays leave their huge pages to later arrays; this gives them to the system, for what takes its memory elsewhere.
void give_back_freed_pages();

// Bytes now held by allocate_pages, and the most that were held at once.
std::size_t pages_in_use();

// The machine's memory (or the control group's, if smaller) in bytes.
std::size_t machine_memory();
// The process's peak resident set (VmHWM) in bytes.
std::size_t peak_memory();

// A zero-initialised array of n trivial values; moves, never copies, never grows.
template <class T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  HugeArray() = default;
  explicit HugeArray(std::size_t n) : data_(n == 0 ? nullptr : static_cast<T*>(allocate_pages(n * sizeof(T)))), size_(n) {}
  HugeArray(HugeArray&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  HugeArray& operator=(HugeArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~HugeArray() {
    if (data_ != nullptr) free_pages(data_, size_ * sizeof(T));
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  operator std::span<const T>() const { return {data_, size_}; }
  operator std::span<T>() { return {data_, size_}; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace coterie
