// Children: what they get, and how their end is told. The other half is child.cpp.
#include <catch2/catch.hpp>

#include <windows.h>

#include <aclapi.h>

#include <cstdio>
#include <filesystem>

#include "ipc/channel.hpp"
#include "ipc/confined_folder.hpp"
#include "ipc/poller.hpp"
#include "ipc/process.hpp"

using namespace caukham::ipc;

namespace {

Spawn child(std::vector<std::string> words) {
  const auto own = own_program_path();
  Spawn s;
  s.program = own.substr(0, own.find_last_of("\\/") + 1) + "ipc_child.exe";
  s.arguments = std::move(words);
  return s;
}

// To the end of everything that writes into the pipe.
std::string read_all(const Handle& in) {
  std::string text;
  while (drain(in, text, 1 << 16)) ::Sleep(1);
  std::erase(text, '\r');
  return text;
}

std::string output_of(Spawn s) {
  auto [in, out] = output_pipe();
  s.output = &out;
  Process p = Process::spawn(s);
  out.reset();
  const auto text = read_all(in);
  p.wait(-1);
  return text;
}

}  // namespace

TEST_CASE("a child's end is told in words") {
  CHECK(Process::spawn(child({"exit", "0"})).wait(-1)->words() == "ended normally");
  CHECK(Process::spawn(child({"exit", "3"})).wait(-1)->words() == "ended with code 3");
  CHECK(Process::spawn(child({"crash"})).wait(-1)->words() == "was ended by exception 0xc0000005");
}

TEST_CASE("a program that is not there is an error with its name, not a child that fails") {
  Spawn s;
  s.program = "C:\\nowhere\\pluginhost.exe";
  CHECK_THROWS_WITH(Process::spawn(s), Catch::Contains("nowhere\\pluginhost.exe"));
}

TEST_CASE("words arrive as they were given, with quotes, backslashes and Vietnamese") {
  for (const std::string word : {"two words", "a \"quoted\" one", "ends in a backslash\\", "\\\\server\\bệnh nhân", ""})
    CHECK(output_of(child({"say", word})) == word + "\n");
}

TEST_CASE("a child inherits the listed handles under their numbers and nothing else") {
  auto [a, b] = Channel::pair();
  auto [c, d] = Channel::pair();
  const Handle first = b.release(), second = d.release();
  SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, TRUE};
  const Handle leak(::CreateEventW(&inheritable, TRUE, FALSE, nullptr));
  char value[20];
  std::snprintf(value, sizeof value, "%llx", static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(leak.native())));
  Spawn s = child({"handles", value});
  s.inherit = {{&first, 3}, {&second, 4}};
  CHECK(output_of(s) == "3 1\n4 1\n5 0\nother 0\n");
  s.inherit = {{&second, 4}};
  CHECK_THROWS(Process::spawn(s));
}

TEST_CASE("a child has the environment it is given, and with a clean one no secrets of ours") {
  ::SetEnvironmentVariableW(L"CAUKHAM_SECRET", L"secret");
  Spawn s = child({"environment", "CAUKHAM_TEST"});
  s.environment = {"CAUKHAM_TEST=here"};
  CHECK(output_of(s) == "here\n");
  CHECK(output_of(child({"environment", "CAUKHAM_SECRET"})) == "secret\n");
  s = child({"environment", "CAUKHAM_SECRET"});
  s.clean_environment = true;
  CHECK(output_of(s) == "(not there)\n");
}

TEST_CASE("end-of-file on the channel and the process handle both tell a killed child") {
  auto [ours, theirs] = Channel::pair();
  Handle inherited_end = theirs.release();
  Spawn s = child({"hold"});
  s.inherit = {{&inherited_end, 3}};
  Process p = Process::spawn(s);
  inherited_end.reset();
  CHECK_FALSE(p.wait(0));
  CHECK(p.resident_bytes() > 0);
  CHECK(p.cpu_seconds() >= 0);
  Poller poller;
  poller.add(ours.native(), 1);
  CHECK(poller.wait(0).empty());
  p.kill();
  CHECK(poller.wait(-1) == std::vector<std::uint64_t>{1});
  std::vector<std::byte> m;
  CHECK(ours.receive(m) == Received::closed);
  CHECK(p.wait(-1)->words() == "ended with code 1");
  CHECK(p.resident_bytes() == 0);
}

TEST_CASE("a process object that is dropped takes its child and the child's children along") {
  auto [in, out] = output_pipe();
  {
    Spawn s = child({"start-and-stay"});
    s.output = &out;
    Process p = Process::spawn(s);
    out.reset();
  }
  CHECK(read_all(in).empty());  // ends only when nobody holds the pipe
}

TEST_CASE("a child ends with its parent") {
  CHECK(output_of(child({"start"})) == "started\n");
}

// wine keeps no Job's limits: these two are for a real PC (packaging/windows/NOT-TESTED.md).
TEST_CASE("a confined child can start no other program", "[not-under-wine]") {
  Spawn s = child({"start"});
  s.confined = true;
  CHECK(output_of(s) == "refused\n");
}

TEST_CASE("a child gets no more memory than it is given", "[not-under-wine]") {
  Spawn s = child({"allocate", "64"});
  s.memory_bytes = 256u << 20;
  CHECK(output_of(s) == "given\n");
  s.arguments = {"allocate", "512"};
  CHECK(output_of(s) == "refused\n");
}

TEST_CASE("a folder for a confined child lets low integrity write, and stays when it is asked for again", "[not-under-wine]") {
  const auto folder = std::filesystem::temp_directory_path() / ("caukham-confined-" + std::to_string(::GetCurrentProcessId())) / "máy đo";
  REQUIRE(make_confined_folder(folder.string()));
  CHECK(make_confined_folder(folder.string()));
  PACL label = nullptr;
  PSECURITY_DESCRIPTOR all = nullptr;
  REQUIRE(::GetNamedSecurityInfoW(folder.c_str(), SE_FILE_OBJECT, LABEL_SECURITY_INFORMATION, nullptr, nullptr, nullptr, &label, &all) ==
          ERROR_SUCCESS);
  void* entry = nullptr;
  REQUIRE((label && ::GetAce(label, 0, &entry)));
  PSID low = &static_cast<SYSTEM_MANDATORY_LABEL_ACE*>(entry)->SidStart;
  CHECK(*::GetSidSubAuthority(low, 0) == SECURITY_MANDATORY_LOW_RID);
  ::LocalFree(all);
  std::filesystem::remove_all(folder.parent_path());
}
