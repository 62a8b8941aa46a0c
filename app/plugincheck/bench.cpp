#include "plugincheck/bench.hpp"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <cstring>

#include "ipc/validate.hpp"

namespace caukham::plugincheck {

class Loaded {
 public:
  explicit Loaded(const std::string& path)
      : library_(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local) {}
  const ck_entry& entry() { return library_.get<const ck_entry>(CK_ENTRY_SYMBOL); }

 private:
  boost::dll::shared_library library_;
};

Bench::Bench(BenchOptions options) : options_(std::move(options)), wire_(std::move(options_.model)) {
  table_.abi_major = CK_ABI_MAJOR;
  table_.abi_minor = CK_ABI_MINOR;
  table_.ctx = this;
  table_.now_ns = [](const ck_host*) { return steady_ns(); };
  table_.acquire = [](const ck_host* h, uint32_t stream, uint32_t bytes, ck_buffer* out) {
    return of(h).acquire(stream, bytes, out);
  };
  table_.commit = [](const ck_host* h, const ck_buffer* b, const ck_chunk* c) { return of(h).commit(b, c); };
  table_.release = [](const ck_host* h, const ck_buffer* b) { of(h).release(b); };
  table_.emit = [](const ck_host* h, const ck_event* e) { return of(h).emit(e); };
  table_.log = [](const ck_host* h, ck_log_level level, const char* text) { of(h).log(level, text); };
  table_.request_main = [](const ck_host* h) {
    Bench& b = of(h);
    std::lock_guard lock(b.mutex_);
    b.main_wanted_ = true;
    b.changed_.notify_all();
  };
  table_.get_extension = [](const ck_host* h, const char* id) -> const void* {
    return id && of(h).transport_offered_ && std::strcmp(id, CK_EXT_TRANSPORT) == 0 ? Wire::table() : nullptr;
  };
}

// A test that failed leaves its plugin as it is; the process ends behind it.
Bench::~Bench() = default;

const ck_entry& Bench::load() {
  if (!loaded_) loaded_ = std::make_unique<Loaded>(manifest().library_path());
  return loaded_->entry();
}

const ck_entry& Bench::entry() {
  if (initialised_) return *entry_;
  try {
    entry_ = &load();
  } catch (const std::exception&) {
    throw Skipped("the library cannot be loaded (test library_loads tells why)");
  }
  const ck_entry& e = *entry_;
  if (e.abi_major != CK_ABI_MAJOR || !e.init || !e.deinit || !e.probe || !e.open || !e.get_extension)
    throw Skipped("the entry table cannot be used (tests entry_abi and entry_table tell why)");
  if (call("ck_entry.init", [&] { return e.init(&table_, manifest().folder.c_str()); }) < 0)
    throw Skipped("init refuses (test init_works tells why)");
  initialised_ = true;
  return e;
}

void Bench::unload() {
  if (initialised_) call("ck_entry.deinit", [&] { return entry_->deinit(), 0; });
  initialised_ = false;
  entry_ = nullptr;
  loaded_.reset();
}

ck_endpoint Bench::endpoint() const {
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = CK_LINK_SERIAL;
  if (const auto* model = wire_.model()) {
    const auto& id = model->identity();
    e.link = static_cast<ck_link>(id.link);
    e.flags = CK_ENDPOINT_SIMULATED | CK_ENDPOINT_VIRTUAL;
    e.vid = id.vid;
    e.pid = id.pid;
    ipc::put_text(e.serial, id.serial);
    ipc::put_text(e.product, id.product);
    ipc::put_text(e.path, "sim:" + options_.device_name);
  } else {
    if (!manifest().match.empty()) {
      const ipc::Match& m = manifest().match[0];
      e.link = m.link;
      e.vid = m.vid.value_or(1);
      e.pid = m.pid.value_or(1);
      ipc::put_text(e.serial, m.serial);
      ipc::put_text(e.product, m.name);
    }
    e.flags = CK_ENDPOINT_VIRTUAL | (manifest().simulated ? CK_ENDPOINT_SIMULATED : 0);
    ipc::put_text(e.path, options_.recording.empty() ? "sim:nothing" : options_.recording);
  }
  const ipc::Match* line = manifest().matching(e);
  ipc::put_text(e.kind, line ? line->kind : manifest().kind);
  return e;
}

bool Bench::may_open(const ck_endpoint& e) const {
  const ck_endpoint own = endpoint();
  return e.link == own.link && e.flags == own.flags && std::strncmp(e.path, own.path, sizeof e.path) == 0;
}

bool Bench::generates() const {
  const auto& needed = manifest().required;
  return !manifest().direct_hardware && std::find(needed.begin(), needed.end(), CK_EXT_TRANSPORT) == needed.end();
}

void Bench::need_device() {
  if (!wire_.has_device() && !generates())
    throw Skipped("there is no device to talk to; name one with --transcript FILE or --device NAME");
}

ck_result Bench::open(bool ask_streams) {
  const ck_entry& e = entry();
  const ck_endpoint at = endpoint();
  const ck_device* device = nullptr;
  set_open(true);
  const ck_result r = call("ck_entry.open", [&] { return e.open(&table_, &at, &device); });
  if (r >= 0 && !device) throw Skipped("open says CK_OK and gives no device (test open_works)");
  device_ = r >= 0 ? device : nullptr;
  if (!device_) set_open(false);
  if (device_ && ask_streams) infos();
  return r;
}

std::vector<ck_stream_info> Bench::infos() {
  const std::uint32_t n = call("stream_count", [&] { return device_->stream_count(device_); });
  std::vector<ck_stream_info> out;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(n, CK_MAX_STREAMS); ++i) {
    ck_stream_info info{};
    info.size = sizeof info;
    if (call("stream_info", [&] { return device_->stream_info(device_, i, &info); }) >= 0) out.push_back(info);
  }
  std::lock_guard lock(mutex_);
  streams_.clear();
  for (const auto& info : out) streams_.emplace(info.id, info);
  return out;
}

ck_result Bench::configure(std::uint32_t mask) {
  const ck_result r = call("configure", [&] { return device_->configure(device_, mask); });
  if (r >= 0 && !started_) {
    enabled_ = mask;
    infos();
  }
  return r;
}

ck_result Bench::start() {
  {
    std::lock_guard lock(mutex_);
    if (pool_.empty()) {
      const auto& shape = manifest().pool;
      stride_ = shape.stride() + 64;
      pool_.assign(stride_ * shape.slots, 0xA5);
      slots_.assign(shape.slots, {});
      for (std::uint32_t i = shape.slots; i > 0; --i) free_.push_back(i - 1);
    }
    started_ = true;
    started_ns_ = steady_ns();
  }
  const ck_result r = call("start", [&] { return device_->start(device_); });
  if (r < 0) {
    std::lock_guard lock(mutex_);
    started_ = false;
  }
  return r;
}

ck_result Bench::stop() {
  const ck_result r = call("stop", [&] { return device_->stop(device_); });
  std::lock_guard lock(mutex_);
  started_ = false;
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].filled) check_poison(i);
    if (!slots_[i].borrowed) continue;
    slots_[i] = {};
    free_.push_back(i);
    breaks(Rule::slot, "a slot was still borrowed when stop returned");
  }
  return r;
}

void Bench::close() {
  call("close", [&] { return device_->close(device_), 0; });
  device_ = nullptr;
  set_open(false);
}

void Bench::set_open(bool open) {
  std::lock_guard lock(mutex_);
  open_ = open;
}

void Bench::need_open() {
  need_device();
  entry();
  if (const ck_result r = open(); r < 0)
    throw Skipped("the device does not open, " + std::string(ipc::name_of(r)) + " (test open_works tells more)");
  if (streams().empty()) throw Skipped("the device has no stream (test stream_info tells more)");
}

void Bench::need_started() {
  need_open();
  if (const ck_result r = start(); r < 0)
    throw Skipped("it does not start, " + std::string(ipc::name_of(r)) + " (test start_stop tells more)");
}

void Bench::need_chunks(std::size_t chunks, int timeout_ms) {
  std::map<std::uint32_t, std::size_t> before;
  const auto all = streams();
  for (const auto& [id, info] : all) before[id] = this->chunks(id).size();
  const bool came = until(
      [&] {
        for (const auto& [id, n] : before)
          if ((enabled_ >> id & 1) && this->chunks(id).size() < n + chunks) return false;
        return true;
      },
      timeout_ms);
  if (!came) throw Skipped("too few samples come to judge this (test samples_come tells more)");
}

void Bench::record(std::size_t chunks, int at_least_ms) {
  need_started();
  const std::int64_t begin = steady_ns();
  need_chunks(chunks);
  run_ms(at_least_ms - static_cast<int>((steady_ns() - begin) / 1'000'000));
  stop();
  close();
}

void Bench::run_ms(int ms) {
  until([] { return false; }, ms);
}

bool Bench::until(const std::function<bool()>& condition, int timeout_ms) {
  const std::int64_t end = steady_ns() + std::int64_t{timeout_ms} * 1'000'000;
  for (;;) {
    if (condition()) return true;
    const std::int64_t now = steady_ns();
    if (now >= end) return false;
    std::unique_lock lock(mutex_);
    if (!main_wanted_)
      changed_.wait_for(lock, std::chrono::nanoseconds(std::min<std::int64_t>(end - now, 5'000'000)));
    const bool wanted = std::exchange(main_wanted_, false);
    lock.unlock();
    if (wanted && device_) call("on_main", [&] { return device_->on_main(device_), 0; });
  }
}

const ck_device_params* Bench::params() {
  return static_cast<const ck_device_params*>(
      call("get_extension", [&] { return device_->get_extension(device_, CK_EXT_PARAMS); }));
}
const ck_device_state* Bench::state() {
  return static_cast<const ck_device_state*>(
      call("get_extension", [&] { return device_->get_extension(device_, CK_EXT_STATE); }));
}

}  // namespace caukham::plugincheck
