#include "pluginrun/traffic_file.hpp"

#include <stdexcept>
#include <vector>

#include "devices/transcript/model.hpp"

namespace caukham::pluginrun {

namespace {
constexpr const char* head =
    "# A device's traffic with its plugin, written down by caukham-plugin-run --record. It holds what the device measured:\n"
    "# record no patients. What differs each time (a clock, a random number) becomes ?? in the lines that begin with >.\n";
}

TrafficFile::TrafficFile(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
  if (!file_) throw std::runtime_error("the file " + path + " cannot be written");
  whole_ = std::fputs(head, file_.get()) >= 0;
}

void TrafficFile::take(ipc::Channel from) {
  if (writer_.joinable()) return;
  writer_ = std::thread([this, from = std::move(from)]() mutable { write(std::move(from)); });
}

void TrafficFile::write(ipc::Channel from) {
  constexpr std::size_t most = devices::transcript::Model::max_text_bytes - 4096;
  std::vector<std::byte> piece;
  while (from.receive(piece, nullptr, -1) == ipc::Received::message) {
    if (bytes_ + piece.size() > most) {
      std::printf("record   a transcript holds 16 MiB: what came later is not in it\n");
      std::fputs("\n# The recording ended here: a transcript holds 16 MiB.\n", file_.get());
      return;  // closes the channel, and the plugin host records no more
    }
    whole_ = std::fwrite(piece.data(), 1, piece.size(), file_.get()) == piece.size() && whole_;
    bytes_ += piece.size();
  }
}

bool TrafficFile::finish() {
  if (writer_.joinable()) writer_.join();
  if (!file_) return whole_ && bytes_ > 0;
  whole_ = std::fclose(file_.release()) == 0 && whole_;
  if (bytes_ == 0)
    std::printf("record   nothing: the plugin did not open its device through the transport\n");
  else if (!whole_)
    std::printf("record   %s could not be written to its end; is the disk full?\n", path_.c_str());
  else
    std::printf("record   %s: play it with --transcript\n", path_.c_str());
  return whole_ && bytes_ > 0;
}

}  // namespace caukham::pluginrun
