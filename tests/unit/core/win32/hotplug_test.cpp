// Hot plug under wine, whose device tree is the registry alone: here a test may plug what it likes. Not for a real PC, where the
// tree is the system's: it refuses to run there.
#include "core/hotplug.hpp"

#include <catch2/catch.hpp>

#include "core/win32/device_watch.hpp"

#include <initguid.h>

#include <combaseapi.h>
#include <dbt.h>
#include <devpkey.h>
#include <setupapi.h>

using namespace caukham::core;

// In setupapi.dll since Windows Vista; mingw-w64 10's header leaves it out.
extern "C" WINSETUPAPI WINBOOL WINAPI SetupDiSetDevicePropertyW(HDEVINFO, PSP_DEVINFO_DATA, const DEVPROPKEY*, DEVPROPTYPE, const BYTE*, DWORD, DWORD);

namespace {

constexpr GUID usb_kind{0xA5DCBF10, 0x6530, 0x11D2, {0x90, 0x1F, 0x00, 0xC0, 0x4F, 0xB9, 0x51, 0xED}};
constexpr GUID com_kind{0x86E0D1E0, 0x8089, 0x11D0, {0x9C, 0xE4, 0x08, 0x00, 0x3E, 0x30, 0x1F, 0x73}};
constexpr GUID camera_kind{0x65E8773D, 0x8F56, 0x11D0, {0xA3, 0xB9, 0x00, 0xA0, 0xC9, 0x22, 0x31, 0x96}};
constexpr GUID usb_class{0x36FC9E60, 0xC465, 0x11CF, {0x80, 0x56, 0x44, 0x45, 0x53, 0x54, 0x00, 0x00}};

bool under_wine() { return ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "wine_get_version"); }

// A device in wine's tree; it is plugged in while a plugged interface says so, and forgotten with this object.
class FakeDevice {
 public:
  explicit FakeDevice(const std::wstring& id) : id_(id) {
    REQUIRE(under_wine());
    node_.cbSize = sizeof node_;
    REQUIRE(::SetupDiCreateDeviceInfoW(list_, id.c_str(), &usb_class, L"test", nullptr, 0, &node_));
    REQUIRE(::SetupDiRegisterDeviceInfo(list_, &node_, 0, nullptr, nullptr, nullptr));
  }
  ~FakeDevice() {
    ::SetupDiRemoveDevice(list_, &node_);
    ::SetupDiDestroyDeviceInfoList(list_);
    for (const auto& key : plugged_) ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, key.c_str());
  }
  FakeDevice(const FakeDevice&) = delete;
  FakeDevice& operator=(const FakeDevice&) = delete;

  void tell(const DEVPROPKEY& key, DEVPROPTYPE type, std::wstring text) {
    if (type == DEVPROP_TYPE_STRING_LIST) text.push_back(L'\0');
    REQUIRE(::SetupDiSetDevicePropertyW(list_, &node_, &key, type, reinterpret_cast<const BYTE*>(text.c_str()),
                                        static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t)), 0));
  }
  void com_port(const std::wstring& name) {
    const HKEY key = ::SetupDiCreateDevRegKeyW(list_, &node_, DICS_FLAG_GLOBAL, 0, DIREG_DEV, nullptr, nullptr);
    REQUIRE(key != INVALID_HANDLE_VALUE);
    REQUIRE(::RegSetValueExW(key, L"PortName", 0, REG_SZ, reinterpret_cast<const BYTE*>(name.c_str()),
                             static_cast<DWORD>((name.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS);
    ::RegCloseKey(key);
  }
  // Where a driver would say it: wine keeps what is plugged in below the kind of the interface.
  void plug(const GUID& kind) {
    SP_DEVICE_INTERFACE_DATA made{};
    made.cbSize = sizeof made;
    REQUIRE(::SetupDiCreateDeviceInterfaceW(list_, &node_, &kind, nullptr, 0, &made));
    wchar_t guid[40] = {};
    ::StringFromGUID2(kind, guid, 40);
    auto name = id_;
    for (auto& c : name) c = c == L'\\' ? L'#' : c;
    plugged_.push_back(L"SYSTEM\\CurrentControlSet\\Control\\DeviceClasses\\" + std::wstring(guid) + L"\\##?#" + name + L"#" + guid);
    link(1);
  }
  void unplug() { link(0); }

 private:
  void link(DWORD linked) {
    for (const auto& key : plugged_)
      REQUIRE(::RegSetKeyValueW(HKEY_LOCAL_MACHINE, (key + L"\\#\\Control").c_str(), L"Linked", REG_DWORD, &linked, sizeof linked) ==
              ERROR_SUCCESS);
  }

  std::wstring id_;
  HDEVINFO list_ = ::SetupDiCreateDeviceInfoList(&usb_class, nullptr);
  SP_DEVINFO_DATA node_{};
  std::vector<std::wstring> plugged_;
};

// What the system sends to those who asked to be told.
void send_device_change(WPARAM what) {
  const HWND window = ::FindWindowExW(HWND_MESSAGE, nullptr, DeviceWatch::window_class, nullptr);
  REQUIRE(window);
  DEV_BROADCAST_DEVICEINTERFACE_W about{};
  about.dbcc_size = sizeof about;
  about.dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE;
  about.dbcc_classguid = usb_kind;
  ::SendMessageW(window, WM_DEVICECHANGE, what, reinterpret_cast<LPARAM>(&about));
}

}  // namespace

TEST_CASE("a device that is plugged in must be reported once with what its tree says, and when it has left") {
  const auto source = make_system_source();
  REQUIRE(source->poll().empty());

  FakeDevice scope(L"USB\\VID_2CE3&PID_3828\\S77");
  scope.tell(DEVPKEY_Device_HardwareIds, DEVPROP_TYPE_STRING_LIST, L"USB\\VID_2CE3&PID_3828&REV_0102");
  scope.tell(DEVPKEY_Device_BusReportedDeviceDesc, DEVPROP_TYPE_STRING, L"\u1ED0ng soi tai");
  scope.tell(DEVPKEY_Device_LocationPaths, DEVPROP_TYPE_STRING_LIST, L"PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(1)#USB(3)");
  scope.plug(usb_kind);
  auto changes = source->poll();
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].arrived);
  const auto& e = changes[0].endpoint;
  CHECK(e.size == sizeof e);
  CHECK(e.link == CK_LINK_USB);
  CHECK(e.vid == 0x2CE3);
  CHECK(e.pid == 0x3828);
  CHECK(e.release == 0x0102);
  CHECK(std::string(e.serial) == "S77");
  CHECK(std::string(e.product) == "\u1ED0ng soi tai");
  CHECK(std::string(e.path) == "0-1.3");
  CHECK(changes[0].port == "0-1.3");
  REQUIRE(source->poll().empty());

  scope.unplug();
  changes = source->poll();
  REQUIRE(changes.size() == 1);
  CHECK_FALSE(changes[0].arrived);
  CHECK(std::string(changes[0].endpoint.path) == "0-1.3");
}

TEST_CASE("a serial port and a camera must be named as their drivers open them, and a hub left out") {
  FakeDevice board(L"USB\\VID_2341&PID_003E\\5&1A2B&0&4");  // the system's own name: it has no serial number
  board.com_port(L"COM12");
  board.plug(com_kind);
  FakeDevice camera(L"USB\\VID_0C45&PID_6366\\SN1");
  camera.tell(DEVPKEY_Device_Class, DEVPROP_TYPE_STRING, L"Camera");
  camera.plug(camera_kind);
  FakeDevice microphone(L"USB\\VID_0C45&PID_0001\\SN2");  // what captures is not always a picture
  microphone.tell(DEVPKEY_Device_Class, DEVPROP_TYPE_STRING, L"MEDIA");
  microphone.plug(camera_kind);
  FakeDevice hub(L"USB\\VID_05E3&PID_0608\\SN3");
  hub.tell(DEVPKEY_Device_Service, DEVPROP_TYPE_STRING, L"USBHUB3");
  hub.plug(usb_kind);

  const auto changes = make_system_source()->poll();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].endpoint.link == CK_LINK_SERIAL);
  CHECK(std::string(changes[0].endpoint.path) == "COM12");
  CHECK(std::string(changes[0].endpoint.serial).empty());
  CHECK(changes[1].endpoint.link == CK_LINK_VIDEO);
  CHECK(std::string(changes[1].endpoint.path) == R"(@device_pnp_\\?\usb#vid_0c45&pid_6366#sn1#{65e8773d-8f56-11d0-a3b9-00a0c9223196})");
}

TEST_CASE("the system's word that a device came or left must reach who watches, and nobody after that") {
  const auto source = make_system_source();
  int told = 0;
  source->watch([&told] { ++told; });
  send_device_change(DBT_DEVICEARRIVAL);
  CHECK(told == 1);
  send_device_change(DBT_DEVICEREMOVECOMPLETE);
  CHECK(told == 2);
  send_device_change(DBT_DEVICEQUERYREMOVE);  // a question, not a fact
  CHECK(told == 2);
  source->watch({});
  send_device_change(DBT_DEVICEARRIVAL);
  CHECK(told == 2);
}

TEST_CASE("several watches at once must each hear, and end one by one") {
  auto first = make_system_source();
  const auto second = make_system_source();
  int told = 0;
  second->watch([&told] { ++told; });
  first.reset();
  send_device_change(DBT_DEVICEARRIVAL);
  CHECK(told == 1);
}
