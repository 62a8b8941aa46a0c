#include "media/still.hpp"

#include <algorithm>

namespace caukham::media {
namespace {

int be16(ByteView b, std::size_t at) { return b[at] << 8 | b[at + 1]; }

bool start_of_frame(std::uint8_t m) { return m >= 0xC0 && m <= 0xCF && m != 0xC4 && m != 0xC8 && m != 0xCC; }

}  // namespace

bool inspect_jpeg(ByteView jpeg, JpegInfo& info, std::string& why) {
  info = {};
  if (jpeg.size() < 4) return why = "no picture: " + std::to_string(jpeg.size()) + " bytes", false;
  if (jpeg[0] == 0x89 && jpeg[1] == 'P' && jpeg[2] == 'N' && jpeg[3] == 'G')
    return why = "this is a PNG picture; cameras send JPEG, and only that is read", false;
  if (jpeg[0] != 0xFF || jpeg[1] != 0xD8) return why = "this is not a JPEG picture", false;
  std::size_t at = 2;
  while (true) {
    if (at + 4 > jpeg.size()) return why = "the picture ends inside its header", false;
    if (jpeg[at] != 0xFF) return why = "the picture's header is damaged at byte " + std::to_string(at), false;
    const std::uint8_t marker = jpeg[at + 1];
    if (marker == 0xFF) { ++at; continue; }  // fill byte
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) { at += 2; continue; }
    if (marker == 0xD8 || marker == 0xD9 || marker == 0x00)
      return why = "the picture's header is damaged at byte " + std::to_string(at), false;
    const auto length = static_cast<std::size_t>(be16(jpeg, at + 2));
    if (length < 2 || at + 2 + length > jpeg.size()) return why = "the picture ends inside its header", false;
    if (marker == 0xC4) info.has_huffman_tables = true;
    if (start_of_frame(marker)) {
      if (length < 8) return why = "the picture's header is damaged at byte " + std::to_string(at), false;
      if (marker > 0xC2) return why = "a kind of JPEG no camera sends (lossless or arithmetic)", false;
      info.progressive = marker == 0xC2;
      info.height = be16(jpeg, at + 5);
      info.width = be16(jpeg, at + 7);
      info.components = jpeg[at + 9];
    }
    at += 2 + length;
    if (marker == 0xDA) break;
  }
  if (info.width == 0 || info.height == 0) return why = "the picture does not say its size", false;
  if (info.width > max_edge_px || info.height > max_edge_px)
    return why = "the picture is too large: " + std::to_string(info.width) + " × " + std::to_string(info.height), false;
  if (info.components != 1 && info.components != 3) return why = "the picture is neither grey nor colour", false;
  if (jpeg[jpeg.size() - 2] != 0xFF || jpeg[jpeg.size() - 1] != 0xD9)
    return why = "the end of the picture is missing", false;
  return true;
}

RgbImage thumbnail(ByteView jpeg, int max_edge, std::string& why) {
  JpegInfo info;
  RgbImage out;
  if (!inspect_jpeg(jpeg, info, why)) return out;
  const int edge = std::clamp(max_edge, 1, max_edge_px);
  const int longer = std::max(info.width, info.height);
  out.width = longer <= edge ? info.width : std::max(1, info.width * edge / longer);
  out.height = longer <= edge ? info.height : std::max(1, info.height * edge / longer);
  out.rgb.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
  MjpegDecoder decoder;
  if (!decoder.to_rgb(jpeg, {out.rgb.data(), out.width, out.height, out.width * 3})) {
    why = decoder.error();
    return {};
  }
  return out;
}

}  // namespace caukham::media
