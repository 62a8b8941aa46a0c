// A serial line (COM port): raw, 8N1 until told otherwise, for us alone: Windows gives a COM port to one program. Overlapped,
// so that a read can be cancelled.
#include <algorithm>
#include <string>

#include "ipc/handle.hpp"
#include "ipc/win32/windows.hpp"
#include "pluginhost/transport/port.hpp"

namespace caukham::pluginhost {
namespace {

constexpr DWORD no_such_device = 433;  // ERROR_NO_SUCH_DEVICE; not in mingw-w64 10's header

ck_result from_error(DWORD error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND: case ERROR_DEVICE_NOT_CONNECTED: case ERROR_GEN_FAILURE: case ERROR_BAD_COMMAND:
    case ERROR_DEVICE_REMOVED: case no_such_device: return CK_E_GONE;
    case ERROR_ACCESS_DENIED: case ERROR_SHARING_VIOLATION: case ERROR_BUSY: return CK_E_DENIED;
    case ERROR_NOT_ENOUGH_MEMORY: return CK_E_NO_MEMORY;
    default: return CK_E_IO;
  }
}

// "COM3", and nothing else: no files, no pipes.
bool is_com_port(const std::string& path) {
  return path.size() > 3 && path.size() <= 6 && path.starts_with("COM") &&
         path.find_first_not_of("0123456789", 3) == std::string::npos;
}

class SerialPort final : public PortBackend {
 public:
  SerialPort(ipc::Handle port, ipc::Handle cancel)
      : port_(std::move(port)), cancel_(std::move(cancel)), read_done_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)),
        write_done_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}

  ck_result set_line(const ck_serial_line& line) override {
    DCB dcb{};
    dcb.DCBlength = sizeof dcb;
    if (!::GetCommState(port_.native(), &dcb)) return from_error(::GetLastError());
    const bool rts_cts = line.flow == CK_FLOW_RTS_CTS;
    dcb.BaudRate = line.baud;
    dcb.ByteSize = line.data_bits == 7 ? 7 : 8;
    dcb.Parity = line.parity == CK_PARITY_NONE ? NOPARITY : line.parity == CK_PARITY_ODD ? ODDPARITY : EVENPARITY;
    dcb.fParity = line.parity != CK_PARITY_NONE;
    dcb.StopBits = line.stop_bits == 2 ? TWOSTOPBITS : ONESTOPBIT;
    dcb.fBinary = TRUE;
    dcb.fNull = dcb.fInX = dcb.fOutX = dcb.fOutxDsrFlow = dcb.fDsrSensitivity = dcb.fAbortOnError = FALSE;
    dcb.fOutxCtsFlow = rts_cts;
    dcb.fDtrControl = line.dtr ? DTR_CONTROL_ENABLE : DTR_CONTROL_DISABLE;
    dcb.fRtsControl = rts_cts ? RTS_CONTROL_HANDSHAKE : line.rts ? RTS_CONTROL_ENABLE : RTS_CONTROL_DISABLE;
    if (::SetCommState(port_.native(), &dcb)) return CK_OK;
    return ::GetLastError() == ERROR_INVALID_PARAMETER ? CK_E_UNSUPPORTED : from_error(::GetLastError());
  }

  ck_result read(std::uint8_t, std::span<std::uint8_t> data, std::uint32_t timeout_ms) override {
    return transfer(read_done_.native(), timeout_ms, true, [&](OVERLAPPED& o) {
      return ::ReadFile(port_.native(), data.data(), static_cast<DWORD>(data.size()), nullptr, &o);
    });
  }
  ck_result write(std::uint8_t, std::span<const std::uint8_t> data, std::uint32_t timeout_ms) override {
    return transfer(write_done_.native(), timeout_ms, false, [&](OVERLAPPED& o) {
      return ::WriteFile(port_.native(), data.data(), static_cast<DWORD>(data.size()), nullptr, &o);
    });
  }
  void cancel(bool cancelled) override {
    if (cancelled) ::SetEvent(cancel_.native());
    else ::ResetEvent(cancel_.native());
  }

 private:
  // Starts, waits at most so long, takes back what has not happened; what has moved by then counts.
  template <class Start>
  ck_result transfer(HANDLE done, std::uint32_t timeout_ms, bool cancellable, Start start) {
    OVERLAPPED o{};
    o.hEvent = done;
    ::ResetEvent(done);
    if (!start(o) && ::GetLastError() != ERROR_IO_PENDING) return from_error(::GetLastError());
    const HANDLE either[] = {done, cancel_.native()};
    if (::WaitForMultipleObjects(cancellable ? 2 : 1, either, FALSE, timeout_ms) != WAIT_OBJECT_0)
      ::CancelIoEx(port_.native(), &o);
    DWORD moved = 0;
    if (!::GetOverlappedResult(port_.native(), &o, &moved, TRUE) && ::GetLastError() != ERROR_OPERATION_ABORTED)
      return from_error(::GetLastError());
    return moved > 0 ? static_cast<ck_result>(moved) : CK_E_AGAIN;
  }

  ipc::Handle port_, cancel_, read_done_, write_done_;
};

}  // namespace

Opened open_serial(const ck_endpoint& endpoint) {
  const std::string path = endpoint.path, where = "serial line " + path + ": ";
  if (!is_com_port(path)) return {nullptr, CK_E_INVALID, where + "not a COM port"};
  ipc::Handle port(::CreateFileW((L"\\\\.\\" + ipc::wide(path)).c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                 FILE_FLAG_OVERLAPPED, nullptr));
  if (port.native() == INVALID_HANDLE_VALUE) {
    const auto error = ::GetLastError();
    port.release();
    return {nullptr, from_error(error),
            where + (from_error(error) == CK_E_DENIED ? "another program holds it" : std::system_category().message(static_cast<int>(error)))};
  }
  // A read returns with what is there, or waits until something is.
  COMMTIMEOUTS timeouts{};
  timeouts.ReadIntervalTimeout = MAXDWORD;
  timeouts.ReadTotalTimeoutMultiplier = MAXDWORD;
  timeouts.ReadTotalTimeoutConstant = MAXDWORD - 1;
  ipc::Handle cancel(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!cancel.valid() || !::SetCommTimeouts(port.native(), &timeouts)) {
    const auto error = ::GetLastError();
    return {nullptr, from_error(error), where + std::system_category().message(static_cast<int>(error))};
  }
  ::PurgeComm(port.native(), PURGE_RXCLEAR | PURGE_TXCLEAR);
  auto opened = std::make_unique<SerialPort>(std::move(port), std::move(cancel));
  ck_serial_line line{};
  line.baud = 115200;
  line.data_bits = 8;
  line.stop_bits = 1;
  line.parity = CK_PARITY_NONE;
  line.flow = CK_FLOW_NONE;
  line.dtr = line.rts = 1;
  if (const auto result = opened->set_line(line); result != CK_OK) return {nullptr, result, where + "cannot be set up"};
  return {std::move(opened), CK_OK, {}};
}

}  // namespace caukham::pluginhost
