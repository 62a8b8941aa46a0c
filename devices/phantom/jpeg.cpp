#include "devices/phantom/jpeg.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

namespace caukham::devices {
namespace {

struct Trap {
  jpeg_error_mgr manager;
  std::jmp_buf back;
};
void fail(j_common_ptr c) { std::longjmp(reinterpret_cast<Trap*>(c->err)->back, 1); }
void silent(j_common_ptr) {}
void arm(Trap& trap) {
  jpeg_std_error(&trap.manager);
  trap.manager.error_exit = fail;
  trap.manager.output_message = silent;
}

// Everything a longjmp may pass over lives here, outside the function that sets it.
struct Writer {
  jpeg_compress_struct c;
  Trap trap;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

bool write(Writer& w, const Canvas& canvas, const PhantomOptions& o) {
  w.c.err = &w.trap.manager;
  arm(w.trap);
  if (setjmp(w.trap.back) != 0) return false;
  jpeg_create_compress(&w.c);
  jpeg_mem_dest(&w.c, &w.bytes, &w.size);
  w.c.image_width = static_cast<JDIMENSION>(canvas.width);
  w.c.image_height = static_cast<JDIMENSION>(canvas.height);
  w.c.input_components = 3;
  w.c.in_color_space = JCS_YCbCr;
  jpeg_set_defaults(&w.c);
  jpeg_set_quality(&w.c, o.quality, TRUE);
  w.c.raw_data_in = TRUE;
  w.c.dct_method = JDCT_IFAST;
  w.c.comp_info[0].h_samp_factor = w.c.comp_info[0].v_samp_factor = 2;
  w.c.write_JFIF_header = o.jfif_header ? TRUE : FALSE;
  if (!o.huffman_tables)
    for (int i = 0; i < NUM_HUFF_TBLS; ++i) {
      if (w.c.dc_huff_tbl_ptrs[i] != nullptr) w.c.dc_huff_tbl_ptrs[i]->sent_table = TRUE;
      if (w.c.ac_huff_tbl_ptrs[i] != nullptr) w.c.ac_huff_tbl_ptrs[i]->sent_table = TRUE;
    }
  jpeg_start_compress(&w.c, o.huffman_tables ? TRUE : FALSE);
  while (w.c.next_scanline < w.c.image_height) {
    JSAMPROW y[16], u[8], v[8];
    for (int i = 0; i < 16; ++i) {
      const int row = static_cast<int>(w.c.next_scanline) + i;
      y[i] = const_cast<JSAMPROW>(canvas.y.data() + static_cast<std::ptrdiff_t>(row) * canvas.width);
      if (i % 2 == 0) {
        u[i / 2] = const_cast<JSAMPROW>(canvas.u.data() + static_cast<std::ptrdiff_t>(row / 2) * (canvas.width / 2));
        v[i / 2] = const_cast<JSAMPROW>(canvas.v.data() + static_cast<std::ptrdiff_t>(row / 2) * (canvas.width / 2));
      }
    }
    JSAMPARRAY planes[3] = {y, u, v};
    jpeg_write_raw_data(&w.c, planes, 16);
  }
  jpeg_finish_compress(&w.c);
  return true;
}

struct Reader {
  jpeg_decompress_struct c;
  Trap trap;
  std::vector<unsigned char> rgb;
  int width = 0, height = 0;
};

bool read(Reader& r, ByteView jpeg) {
  r.c.err = &r.trap.manager;
  arm(r.trap);
  if (setjmp(r.trap.back) != 0) return false;
  jpeg_create_decompress(&r.c);
  jpeg_mem_src(&r.c, jpeg.data(), static_cast<unsigned long>(jpeg.size()));
  jpeg_read_header(&r.c, TRUE);
  if (r.c.image_width > 8192 || r.c.image_height > 8192) return false;
  r.c.out_color_space = JCS_RGB;
  while (r.c.scale_denom < 8 && std::max(r.c.image_width, r.c.image_height) / (r.c.scale_denom * 2) >= 1280)
    r.c.scale_denom *= 2;
  r.c.scale_num = 1;
  jpeg_start_decompress(&r.c);
  r.width = static_cast<int>(r.c.output_width);
  r.height = static_cast<int>(r.c.output_height);
  r.rgb.resize(static_cast<std::size_t>(r.width) * static_cast<std::size_t>(r.height) * 3);
  while (r.c.output_scanline < r.c.output_height) {
    JSAMPROW row = r.rgb.data() + static_cast<std::size_t>(r.c.output_scanline) * static_cast<std::size_t>(r.width) * 3;
    jpeg_read_scanlines(&r.c, &row, 1);
  }
  jpeg_finish_decompress(&r.c);
  return true;
}

}  // namespace

Bytes encode_jpeg(const Canvas& canvas, const PhantomOptions& options) {
  Writer w{};
  Bytes out;
  if (write(w, canvas, options)) out.assign(w.bytes, w.bytes + w.size);
  jpeg_destroy_compress(&w.c);
  std::free(w.bytes);
  return out;
}

bool decode_jpeg(ByteView jpeg, int width, int height, Canvas& out) {
  Reader r{};
  const bool good = read(r, jpeg);
  jpeg_destroy_decompress(&r.c);
  if (!good || r.width < 1 || r.height < 1) return false;
  out = Canvas(width, height);
  const float scale = std::max(static_cast<float>(r.width) / static_cast<float>(width),
                               static_cast<float>(r.height) / static_cast<float>(height));
  const float left = (static_cast<float>(width) - static_cast<float>(r.width) / scale) / 2;
  const float top = (static_cast<float>(height) - static_cast<float>(r.height) / scale) / 2;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float fx = (static_cast<float>(x) - left) * scale, fy = (static_cast<float>(y) - top) * scale;
      if (fx < 0 || fy < 0 || fx > static_cast<float>(r.width - 1) || fy > static_cast<float>(r.height - 1)) {
        out.set_rgb(x, y, 40, 40, 40);
        continue;
      }
      const int x0 = static_cast<int>(fx), y0 = static_cast<int>(fy);
      const int x1 = std::min(x0 + 1, r.width - 1), y1 = std::min(y0 + 1, r.height - 1);
      const float u = fx - static_cast<float>(x0), v = fy - static_cast<float>(y0);
      float c[3];
      for (int k = 0; k < 3; ++k) {
        const auto at = [&](int i, int j) { return static_cast<float>(r.rgb[static_cast<std::size_t>((j * r.width + i) * 3 + k)]); };
        c[k] = (at(x0, y0) * (1 - u) + at(x1, y0) * u) * (1 - v) + (at(x0, y1) * (1 - u) + at(x1, y1) * u) * v;
      }
      out.set_rgb(x, y, c[0], c[1], c[2]);
    }
  }
  return true;
}

}  // namespace caukham::devices
