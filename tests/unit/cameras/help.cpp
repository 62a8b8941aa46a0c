#include "help.hpp"

#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include "devices/phantom/phantom.hpp"

namespace test {
namespace {
struct Trap {
  jpeg_error_mgr manager;
  std::jmp_buf back;
};
struct Reader {
  jpeg_decompress_struct c;
  Trap trap;
  Luma luma;
};
bool read(Reader& r, caukham::devices::ByteView jpeg) {
  r.c.err = jpeg_std_error(&r.trap.manager);
  r.trap.manager.error_exit = [](j_common_ptr c) { std::longjmp(reinterpret_cast<Trap*>(c->err)->back, 1); };
  r.trap.manager.output_message = [](j_common_ptr) {};
  if (setjmp(r.trap.back) != 0) return false;
  jpeg_create_decompress(&r.c);
  jpeg_mem_src(&r.c, jpeg.data(), static_cast<unsigned long>(jpeg.size()));
  jpeg_read_header(&r.c, TRUE);
  r.c.out_color_space = JCS_GRAYSCALE;
  jpeg_start_decompress(&r.c);
  r.luma.width = static_cast<int>(r.c.output_width);
  r.luma.height = static_cast<int>(r.c.output_height);
  r.luma.y.resize(static_cast<std::size_t>(r.luma.width) * static_cast<std::size_t>(r.luma.height));
  while (r.c.output_scanline < r.c.output_height) {
    JSAMPROW row = r.luma.y.data() + static_cast<std::size_t>(r.c.output_scanline) * r.c.output_width;
    jpeg_read_scanlines(&r.c, &row, 1);
  }
  jpeg_finish_decompress(&r.c);
  r.luma.warnings = r.trap.manager.num_warnings;
  return true;
}
}  // namespace

std::optional<Luma> decode_luma(caukham::devices::ByteView jpeg) {
  Reader r{};
  const bool good = read(r, jpeg);
  jpeg_destroy_decompress(&r.c);
  if (!good) return std::nullopt;
  return std::move(r.luma);
}

std::optional<std::uint16_t> counter_of(caukham::devices::ByteView jpeg) {
  const auto luma = decode_luma(jpeg);
  if (!luma || luma->warnings != 0) return std::nullopt;
  return caukham::devices::read_counter(luma->y.data(), luma->width, luma->width, luma->height);
}

}  // namespace test
