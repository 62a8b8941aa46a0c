#include <array>

#include "ipc/win32/windows.hpp"
#include "station/folder_use.hpp"

namespace caukham::station {

Seat own_seat() {
  Seat seat;
  seat.pid = static_cast<int>(::GetCurrentProcessId());
  if (DWORD session = 0; ::ProcessIdToSessionId(::GetCurrentProcessId(), &session)) seat.session = std::to_string(session);
  std::array<wchar_t, 257> name{};  // UNLEN and the end
  DWORD length = static_cast<DWORD>(name.size());
  if (::GetUserNameW(name.data(), &length)) seat.user = ipc::narrow(name.data());
  return seat;
}

}  // namespace caukham::station
