#include <pwd.h>
#include <unistd.h>

#include "station/folder_use.hpp"

namespace caukham::station {

Seat own_seat() {
  const passwd* user = ::getpwuid(::getuid());
  return {::getpid(), user ? user->pw_name : std::to_string(::getuid()), ""};
}

}  // namespace caukham::station
