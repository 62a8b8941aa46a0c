// Part of every program: what is written is what arrives. Files and standard streams hold UTF-8 with '\n', on Windows as
// elsewhere, so that a report has the same bytes on both; and a console shows it as what it is.
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

namespace {

const bool plain = [] {
  _fmode = _O_BINARY;
  for (int stream = 0; stream < 3; ++stream)
    if (::_get_osfhandle(stream) >= 0) ::_setmode(stream, _O_BINARY);
  if (DWORD mode = 0; ::GetConsoleMode(::GetStdHandle(STD_OUTPUT_HANDLE), &mode)) ::SetConsoleOutputCP(CP_UTF8);
  return true;
}();

}  // namespace
