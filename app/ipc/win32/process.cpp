// A child in a Job of its own: it ends with us, may start nothing, and has no more memory than it is given. It inherits the
// listed handles and no others; since Windows gives them other numbers, CAUKHAM_HANDLES tells the child which is which
// ("3=1a4;4=1b0", the second hexadecimal; pluginhost's inherited() reads it).
#include "ipc/process.hpp"

#include <algorithm>
#include <cstdio>
#include <cwchar>

#include "ipc/win32/command_line.hpp"
#include "ipc/win32/windows.hpp"

namespace caukham::ipc {
namespace {

std::string hexadecimal(std::uintptr_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(number));
  return text;
}

Handle inheritable(HANDLE handle) {
  HANDLE copy = nullptr;
  const HANDLE self = ::GetCurrentProcess();
  if (!::DuplicateHandle(self, handle, self, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS)) throw_last_error("hand over a handle");
  return Handle(copy);
}

// Without these Windows' own libraries do not work; the others only when the environment is not to be clean.
bool harmless(std::wstring name) {
  constexpr const wchar_t* known[] = {L"SYSTEMROOT", L"SYSTEMDRIVE", L"WINDIR", L"PATH", L"PATHEXT", L"COMSPEC",
                                      L"NUMBER_OF_PROCESSORS", L"PROCESSOR_ARCHITECTURE", L"OS", L"LANG", L"TZ"};
  std::transform(name.begin(), name.end(), name.begin(), [](wchar_t c) { return c >= L'a' && c <= L'z' ? c - 32 : c; });
  return std::any_of(std::begin(known), std::end(known), [&](const wchar_t* k) { return name == k; });
}

std::wstring environment_block(const std::vector<std::string>& extra, bool clean) {
  const auto name = [](const std::wstring& line) { return line.substr(0, line.find(L'=', 1)); };
  std::vector<std::wstring> lines;
  for (const auto& line : extra) lines.push_back(wide(line));
  wchar_t* const own = ::GetEnvironmentStringsW();
  for (const wchar_t* at = own; at && *at; at += std::wcslen(at) + 1) {
    const std::wstring line = at;
    const bool replaced = std::any_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(extra.size()),
                                      [&](const auto& l) { return name(l) == name(line); });
    if (!replaced && (!clean || harmless(name(line)))) lines.push_back(line);
  }
  if (own) ::FreeEnvironmentStringsW(own);
  std::sort(lines.begin(), lines.end());  // the system looks names up in order
  std::wstring block;
  for (const auto& line : lines) block += line + L'\0';
  return block + L'\0';
}

Handle make_job(const Spawn& what) {
  Handle job(::CreateJobObjectW(nullptr, nullptr));
  if (!job.valid()) throw_last_error("a Job for " + what.program);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  auto& basic = limits.BasicLimitInformation;
  basic.LimitFlags = JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
  if (what.end_with_parent) basic.LimitFlags |= JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  if (what.confined) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS | JOB_OBJECT_LIMIT_PRIORITY_CLASS;
    basic.ActiveProcessLimit = 1;
    basic.PriorityClass = BELOW_NORMAL_PRIORITY_CLASS;
  }
  if (what.memory_bytes) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limits.ProcessMemoryLimit = static_cast<SIZE_T>(what.memory_bytes);
  }
  if (!::SetInformationJobObject(job.native(), JobObjectExtendedLimitInformation, &limits, sizeof limits))
    throw_last_error("limits for " + what.program);
  if (what.confined) {
    JOBOBJECT_BASIC_UI_RESTRICTIONS ui{};
    ui.UIRestrictionsClass = JOB_OBJECT_UILIMIT_DESKTOP | JOB_OBJECT_UILIMIT_EXITWINDOWS | JOB_OBJECT_UILIMIT_GLOBALATOMS |
                             JOB_OBJECT_UILIMIT_HANDLES | JOB_OBJECT_UILIMIT_READCLIPBOARD |
                             JOB_OBJECT_UILIMIT_SYSTEMPARAMETERS | JOB_OBJECT_UILIMIT_WRITECLIPBOARD;
    if (!::SetInformationJobObject(job.native(), JobObjectBasicUIRestrictions, &ui, sizeof ui))
      throw_last_error("limits for " + what.program);
  }
  return job;
}

// Our own token without privileges and administrators' rights, of low integrity: it can write nothing of the user's.
Handle restricted_token() {
  HANDLE own = nullptr, restricted = nullptr;
  if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY | TOKEN_ADJUST_DEFAULT,
                          &own))
    throw_last_error("our own token");
  const Handle ours(own);
  if (!::CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE | LUA_TOKEN, 0, nullptr, 0, nullptr, 0, nullptr, &restricted))
    throw_last_error("a restricted token");
  Handle token(restricted);
  SID_IDENTIFIER_AUTHORITY authority = SECURITY_MANDATORY_LABEL_AUTHORITY;
  PSID low = nullptr;
  if (!::AllocateAndInitializeSid(&authority, 1, SECURITY_MANDATORY_LOW_RID, 0, 0, 0, 0, 0, 0, 0, &low))
    throw_last_error("a low integrity level");
  TOKEN_MANDATORY_LABEL label{};
  label.Label.Attributes = SE_GROUP_INTEGRITY;
  label.Label.Sid = low;
  const bool set = ::SetTokenInformation(token.native(), TokenIntegrityLevel, &label,
                                         static_cast<DWORD>(sizeof label + ::GetLengthSid(low)));
  ::FreeSid(low);
  if (!set) throw_last_error("a low integrity level");
  return token;
}

// The handles a child may inherit, as an attribute of its start.
class HandleList {
 public:
  explicit HandleList(std::vector<HANDLE> handles) : handles_(std::move(handles)) {
    SIZE_T bytes = 0;
    ::InitializeProcThreadAttributeList(nullptr, 1, 0, &bytes);
    memory_.resize(bytes);
    if (!::InitializeProcThreadAttributeList(list(), 1, 0, &bytes)) throw_last_error("a list of handles");
    if (!::UpdateProcThreadAttribute(list(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(),
                                     handles_.size() * sizeof(HANDLE), nullptr, nullptr)) {
      const auto error = ::GetLastError();
      ::DeleteProcThreadAttributeList(list());
      ::SetLastError(error);
      throw_last_error("a list of handles");
    }
  }
  ~HandleList() { ::DeleteProcThreadAttributeList(list()); }
  HandleList(const HandleList&) = delete;
  HandleList& operator=(const HandleList&) = delete;
  LPPROC_THREAD_ATTRIBUTE_LIST list() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data()); }

 private:
  std::vector<HANDLE> handles_;
  std::vector<std::byte> memory_;
};

}  // namespace

std::string ExitStatus::words() const {
  if (signalled) return "was ended by exception 0x" + hexadecimal(static_cast<std::uint32_t>(code));
  return code == 0 ? "ended normally" : "ended with code " + std::to_string(code);
}

Process Process::spawn(const Spawn& what) {
  std::vector<Handle> kept;
  std::vector<HANDLE> listed;
  const auto hand_over = [&](HANDLE handle) {
    kept.push_back(inheritable(handle));
    listed.push_back(kept.back().native());
    return listed.back();
  };
  std::string numbers;
  for (const auto& [handle, number] : what.inherit) {
    if (number != 3 + static_cast<int>(kept.size()) || kept.size() == 16 || !handle->valid())
      throw std::system_error(ERROR_INVALID_PARAMETER, std::system_category(),
                              "handles to inherit must be numbered from 3 without holes");
    const auto value = hand_over(handle->native());
    numbers += (numbers.empty() ? "" : ";") + std::to_string(number) + "=" + hexadecimal(reinterpret_cast<std::uintptr_t>(value));
  }
  Handle null(::CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0,
                            nullptr));
  STARTUPINFOEXW start{};
  start.StartupInfo.cb = sizeof start;
  start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  start.StartupInfo.hStdInput = hand_over(null.native());
  start.StartupInfo.hStdOutput = start.StartupInfo.hStdError = hand_over(what.output ? what.output->native() : null.native());
  HandleList handles(listed);
  start.lpAttributeList = handles.list();

  auto environment = what.environment;
  environment.push_back("CAUKHAM_HANDLES=" + numbers);
  auto block = environment_block(environment, what.clean_environment);
  std::vector<std::string> words{what.program};
  words.insert(words.end(), what.arguments.begin(), what.arguments.end());
  auto line = wide(command_line(words));
  const auto program = wide(what.program);
  // Suspended until it is in its Job: it has done nothing before.
  const DWORD flags = CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT | CREATE_NO_WINDOW;
  Handle job = make_job(what);
  PROCESS_INFORMATION made{};
  const Handle token = what.confined ? restricted_token() : Handle();
  const BOOL good = what.confined ? ::CreateProcessAsUserW(token.native(), program.c_str(), line.data(), nullptr, nullptr, TRUE,
                                                           flags, block.data(), nullptr, &start.StartupInfo, &made)
                                  : ::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, flags, block.data(),
                                                     nullptr, &start.StartupInfo, &made);
  if (!good) throw_last_error("start " + what.program);
  Process process;
  process.pid_ = static_cast<int>(made.dwProcessId);
  process.ended_ = Handle(made.hProcess);
  const Handle thread(made.hThread);
  if (!::AssignProcessToJobObject(job.native(), made.hProcess) || ::ResumeThread(made.hThread) == static_cast<DWORD>(-1)) {
    const auto error = ::GetLastError();
    ::TerminateProcess(made.hProcess, 1);
    ::SetLastError(error);
    throw_last_error("start " + what.program);
  }
  process.job_ = std::move(job);
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), ended_(std::move(other.ended_)), job_(std::move(other.job_)),
      status_(std::exchange(other.status_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  kill();
  wait(-1);
  pid_ = std::exchange(other.pid_, 0);
  ended_ = std::move(other.ended_);
  job_ = std::move(other.job_);
  status_ = std::exchange(other.status_, std::nullopt);
  return *this;
}

Process::~Process() {
  kill();
  wait(-1);
}

void Process::kill() {
  if (pid_ > 0 && !status_) ::TerminateJobObject(job_.native(), 1);
}

std::optional<ExitStatus> Process::wait(int timeout_ms) {
  if (pid_ <= 0 || status_) return status_;
  if (::WaitForSingleObject(ended_.native(), timeout_ms < 0 ? INFINITE : static_cast<DWORD>(timeout_ms)) != WAIT_OBJECT_0)
    return std::nullopt;
  DWORD code = 1;
  ::GetExitCodeProcess(ended_.native(), &code);
  // Codes of this range are those of exceptions: 0xC0000005 is an access violation.
  status_ = ExitStatus{(code & 0xF0000000u) == 0xC0000000u || (code & 0xF0000000u) == 0x80000000u, static_cast<int>(code)};
  return status_;
}

bool kill_by_pid(int pid) {
  const Handle process(::OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, static_cast<DWORD>(pid)));
  return process.valid() && ::WaitForSingleObject(process.native(), 0) == WAIT_TIMEOUT && ::TerminateProcess(process.native(), 1);
}

std::pair<Handle, Handle> output_pipe() {
  HANDLE read_end = nullptr, write_end = nullptr;
  if (!::CreatePipe(&read_end, &write_end, nullptr, 1 << 16)) throw_last_error("a pipe for output");
  return {Handle(read_end), Handle(write_end)};
}

bool drain(const Handle& read_end, std::string& text, std::size_t limit) {
  char block[4096];
  for (std::size_t got = 0; got < limit;) {
    DWORD waiting = 0, n = 0;
    if (!::PeekNamedPipe(read_end.native(), nullptr, 0, nullptr, &waiting, nullptr)) return false;
    if (waiting == 0) return true;
    const auto most = std::min<std::size_t>({sizeof block, limit - got, waiting});
    if (!::ReadFile(read_end.native(), block, static_cast<DWORD>(most), &n, nullptr)) return false;
    text.append(block, n);
    got += n;
  }
  return true;
}

}  // namespace caukham::ipc
