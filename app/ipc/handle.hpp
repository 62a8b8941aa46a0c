// An operating system handle (file descriptor; HANDLE on Windows) with one owner.
#pragma once
#include <utility>

namespace caukham::ipc {

class Handle {
 public:
#if defined(_WIN32)
  using Native = void*;
  static constexpr Native none = nullptr;
#else
  using Native = int;
  static constexpr Native none = -1;
#endif
  Handle() = default;
  explicit Handle(Native native) : native_(native) {}  // takes ownership
  Handle(Handle&& other) noexcept : native_(other.release()) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  bool valid() const { return native_ != none; }
  Native native() const { return native_; }
  // Gives the ownership away.
  Native release() { return std::exchange(native_, none); }
  // Closes what is owned and takes `native` instead.
  void reset(Native native = none);
  // A second handle to the same thing, not inherited by children; invalid when the system has no more.
  Handle duplicate() const;

 private:
  Native native_ = none;
};

}  // namespace caukham::ipc
