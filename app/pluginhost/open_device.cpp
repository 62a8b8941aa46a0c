#include "pluginhost/open_device.hpp"

#include <cmath>
#include <cstring>
#include <span>

#include "ipc/validate.hpp"
#include "pluginhost/transport/transport.hpp"

namespace caukham::pluginhost {
namespace {

// A plugin may answer with a count or an unknown code; the application knows CK_OK and the codes.
ck_result plain(ck_result r) { return r > 0 ? CK_OK : r < CK_E_INTERNAL ? CK_E_INTERNAL : r; }

bool has_holes(const ck_device& d) {
  return !d.stream_count || !d.stream_info || !d.configure || !d.start || !d.stop || !d.close || !d.on_main ||
         !d.get_extension;
}
bool has_holes(const ck_device_params& p) { return !p.count || !p.info || !p.get || !p.set || !p.text; }

}  // namespace

ck_result OpenDevice::announce(std::uint32_t& streams, std::uint32_t& params, std::string& why) {
  ipc::StreamTable table;
  std::uint32_t left_off = 0;
  const std::uint32_t count = device_->stream_count(device_);
  if (count < 1 || count > CK_MAX_STREAMS) {
    why = "the device has an impossible number of streams";
    return CK_E_INTERNAL;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    ck_stream_info info{};
    info.size = sizeof info;
    const ck_result r = device_->stream_info(device_, i, &info);
    if (r < 0) return why = "a stream cannot be described", plain(r);
    info.size = sizeof info;  // whatever the plugin's headers thought of it
    // What a plugin of a later version may have beside streams that we know.
    if (info.id < CK_MAX_STREAMS && !ipc::usable(info.kind, info.format)) {
      left_off |= 1u << info.id;
      host_.log(CK_LOG_WARNING, "the stream " + ipc::text_of(info.name) +
                                    " is of a kind or format that this version of Caukham cannot use; it is left off");
      continue;
    }
    if (simulated_ || endpoint_simulated_) info.flags |= CK_STREAM_SIMULATED;
    if (const char* wrong = table.add(info)) return why = wrong, CK_E_INTERNAL;
    answer(ipc::Stream{info});
  }
  streams = table.size();
  if (streams == 0) return why = "all streams of the device need a newer version of Caukham", CK_E_UNSUPPORTED;
  host_.set_streams(table, left_off);

  params_ = static_cast<const ck_device_params*>(device_->get_extension(device_, CK_EXT_PARAMS));
  if (params_ && has_holes(*params_)) return why = "the plugin's params table has holes", CK_E_INTERNAL;
  const std::uint32_t param_count = params_ ? params_->count(device_) : 0;
  if (param_count > ipc::max_params) return why = "the device has too many parameters", CK_E_INTERNAL;
  for (std::uint32_t i = 0; i < param_count; ++i) {
    ipc::Param p{};
    p.info.size = sizeof p.info;
    ck_result r = params_->info(device_, i, &p.info);
    if (r >= 0) r = params_->get(device_, p.info.id, &p.value);
    p.info.size = sizeof p.info;
    if (r < 0) return why = "a parameter cannot be described", plain(r);
    if (const char* wrong = ipc::wrong_with(p.info)) return why = wrong, CK_E_INTERNAL;
    if (!std::isfinite(p.value)) return why = "a parameter's value is not a number", CK_E_INTERNAL;
    describe_in_words(p);
    answer(p);
  }
  params = param_count;
  return CK_OK;
}

// Words that cannot be had are left empty; the number is shown then.
void OpenDevice::describe_in_words(ipc::Param& p) {
  char out[CK_NAME_SIZE];
  const auto ask = [&](double value, std::span<char> into) {
    std::memset(out, 0, sizeof out);
    if (params_->text(device_, p.info.id, value, out) >= 0) ipc::put_text(into, ipc::text_of(out));
  };
  if ((p.info.flags & CK_PARAM_TEXT) != 0) ask(p.value, p.text);
  if ((p.info.flags & CK_PARAM_WORDS) != 0)
    for (std::uint32_t i = 0; i < p.info.value_count; ++i) ask(p.info.values[i], p.words[i]);
}

void OpenDevice::open(const ck_endpoint& endpoint) {
  ipc::Opened reply{};
  std::string why;
  if (state_ != State::closed) {
    reply.result = CK_E_STATE;
    why = "a device is open already";
  } else {
    endpoint_simulated_ = (endpoint.flags & CK_ENDPOINT_SIMULATED) != 0;
    host_.take_last_error();
    host_.transport()->allow(endpoint);
    host_.set_open(true);
    const ck_device* device = nullptr;
    if (entry_.probe(&endpoint) <= 0) {
      reply.result = CK_E_UNSUPPORTED;
      why = "the plugin says that it does not drive this device";
    } else {
      reply.result = plain(entry_.open(host_.table(), &endpoint, &device));
    }
    if (reply.result == CK_OK && (!device || has_holes(*device))) {
      reply.result = CK_E_INTERNAL;
      why = "the plugin's device table has holes";
    } else if (reply.result == CK_OK) {
      device_ = device;
      state_ = State::idle;
      kept_.load(*device_);
      reply.result = announce(reply.streams, reply.params, why);
    }
    if (reply.result != CK_OK) {
      if (why.empty()) why = host_.take_last_error();
      if (why.empty()) why = ipc::name_of(reply.result);
      close();
    }
  }
  ipc::put_text(reply.text, why);
  answer(reply);
}

void OpenDevice::configure(std::uint32_t enabled_mask) {
  if (state_ != State::idle) return answer(ipc::Configured{CK_E_STATE});
  ck_result r = plain(device_->configure(device_, enabled_mask));
  if (r == CK_OK) {
    std::uint32_t streams = 0, params = 0;
    std::string why;
    r = announce(streams, params, why);
    if (r != CK_OK) host_.log(CK_LOG_ERROR, why);
  }
  answer(ipc::Configured{r});
}

void OpenDevice::start() {
  if (state_ != State::idle) return answer(ipc::Started{CK_E_STATE});
  host_.begin();
  const ck_result r = plain(device_->start(device_));
  if (r == CK_OK)
    state_ = State::started;
  else
    host_.end();
  answer(ipc::Started{r});
}

void OpenDevice::stop() {
  if (state_ != State::started) return answer(ipc::Stopped{CK_E_STATE});
  const ck_result r = plain(device_->stop(device_));
  host_.end();
  state_ = State::idle;
  answer(ipc::Stopped{r});
}

void OpenDevice::close() {
  if (state_ == State::started) {
    device_->stop(device_);
    host_.end();
  }
  if (device_) {
    kept_.save(*device_);
    device_->close(device_);
  }
  device_ = nullptr;
  params_ = nullptr;
  host_.set_open(false);
  state_ = State::closed;
  if (host_.transport()) host_.transport()->allow(std::nullopt);
}

void OpenDevice::param_get(std::uint32_t id) {
  ipc::ParamAnswer reply{id, CK_E_STATE, 0};
  if (device_) reply.result = params_ ? plain(params_->get(device_, id, &reply.value)) : CK_E_UNSUPPORTED;
  if (!std::isfinite(reply.value)) reply = {id, CK_E_INTERNAL, 0};
  answer(reply);
}

void OpenDevice::param_set(std::uint32_t id, double value) {
  ipc::ParamAnswer reply{id, CK_E_STATE, 0};
  if (device_ && params_) {
    reply.result = plain(params_->set(device_, id, value));
    std::uint32_t streams = 0, count = 0;
    std::string why;
    // It may have changed what the streams are, or other parameters' ranges.
    if (reply.result == CK_OK && state_ == State::idle && announce(streams, count, why) != CK_OK)
      host_.log(CK_LOG_ERROR, why);
    params_->get(device_, id, &reply.value);
    if (!std::isfinite(reply.value)) reply = {id, CK_E_INTERNAL, 0};
  } else if (device_) {
    reply.result = CK_E_UNSUPPORTED;
  }
  answer(reply);
}

void OpenDevice::on_main() {
  if (device_) device_->on_main(device_);
}

}  // namespace caukham::pluginhost
