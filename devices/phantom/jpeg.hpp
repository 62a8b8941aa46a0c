// libjpeg-turbo behind two functions, its longjmp kept inside one file.
#pragma once
#include "devices/phantom/phantom.hpp"

namespace caukham::devices {

Bytes encode_jpeg(const Canvas& canvas, const PhantomOptions& options);
// Any baseline or progressive JPEG up to 8192 pixels an edge, fitted into width × height with grey bars; false when
// it cannot be read.
bool decode_jpeg(ByteView jpeg, int width, int height, Canvas& out);

}  // namespace caukham::devices
