// A list that is read by many and changed by one: copies share it until somebody edits his.
#pragma once
#include <memory>
#include <vector>

namespace caukham::station {

// Copying costs a pointer, so that a snapshot seven times a second does not copy what has not changed. A copy that was
// handed out never changes: edit() first parts from it. Reading: any thread that has a copy. Editing: the owner's.
template <class T>
class List {
 public:
  using value_type = T;
  List() : items_(std::make_shared<std::vector<T>>()) {}
  List(std::vector<T> items) : items_(std::make_shared<std::vector<T>>(std::move(items))) {}
  List(std::initializer_list<T> items) : List(std::vector<T>(items)) {}

  auto begin() const { return items_->cbegin(); }
  auto end() const { return items_->cend(); }
  bool empty() const { return items_->empty(); }
  std::size_t size() const { return items_->size(); }
  const T& operator[](std::size_t n) const { return (*items_)[n]; }
  const T& at(std::size_t n) const { return items_->at(n); }
  const T& front() const { return items_->front(); }
  const T& back() const { return items_->back(); }
  const std::vector<T>& all() const { return *items_; }
  // Both show the very same items: nothing was edited between them.
  bool same(const List& other) const { return items_ == other.items_; }

  std::vector<T>& edit() {
    if (items_.use_count() > 1) items_ = std::make_shared<std::vector<T>>(*items_);
    return *items_;
  }
  void push_back(T item) { edit().push_back(std::move(item)); }
  void clear() { items_ = std::make_shared<std::vector<T>>(); }

 private:
  std::shared_ptr<std::vector<T>> items_;  // never null
};

}  // namespace caukham::station
