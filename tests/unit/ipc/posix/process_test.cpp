// Children: what they get, and how their end is told.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/channel.hpp"
#include "ipc/poller.hpp"
#include "ipc/process.hpp"

using namespace caukham::ipc;

namespace {

Spawn shell(const std::string& script) {
  Spawn s;
  s.program = "/bin/sh";
  s.arguments = {"-c", script};
  return s;
}

// Runs a script to its end and returns what it printed.
std::string output_of(Spawn s) {
  auto [in, out] = output_pipe();
  s.output = &out;
  Process p = Process::spawn(s);
  out.reset();
  std::string text;
  Poller poller;
  poller.add(in.native(), 1);
  do poller.wait(-1);
  while (drain(in, text, 1 << 16));
  p.wait(-1);
  return text;
}

}  // namespace

TEST_CASE("a child's end is told in words") {
  CHECK(Process::spawn(shell("exit 0")).wait(-1)->words() == "ended normally");
  CHECK(Process::spawn(shell("exit 3")).wait(-1)->words() == "ended with code 3");
  CHECK(Process::spawn(shell("kill -SEGV $$")).wait(-1)->words() ==
        "was killed by signal 11 (Segmentation fault)");
}

TEST_CASE("a program that is not there is an error with its name, not a child that fails") {
  Spawn s;
  s.program = "/nowhere/pluginhost";
  CHECK_THROWS_WITH(Process::spawn(s),
                    Catch::Contains("/nowhere/pluginhost") && Catch::Contains("No such file"));
}

TEST_CASE("a child inherits the listed handles under their numbers and nothing else") {
  auto [a, b] = Channel::pair();
  auto [c, d] = Channel::pair();
  const Handle leak(::open("/dev/null", O_RDONLY));  // without close-on-exec
  const Handle first = b.release(), second = d.release();
  Spawn s;
  s.program = "/bin/ls";  // alone: a shell has pipes of its own for a moment
  s.arguments = {"/proc/self/fd"};
  s.inherit = {{&first, 3}, {&second, 4}};
  CHECK(output_of(s) == "0\n1\n2\n3\n4\n5\n");  // 5 is the folder that ls itself reads
  s.inherit = {{&second, 4}};
  CHECK_THROWS(Process::spawn(s));
}

TEST_CASE("a child can gain no privileges, leads its own group and has its environment") {
  Spawn s =
      shell("grep NoNewPrivs /proc/$$/status; echo $CAUKHAM_TEST; cut -d' ' -f5 /proc/$$/stat; echo $$");
  s.environment = {"CAUKHAM_TEST=here"};
  const std::string text = output_of(s);
  CHECK(text.find("NoNewPrivs:\t1\nhere\n") == 0);
  const auto rest = text.substr(text.find("here\n") + 5);
  CHECK(rest.substr(0, rest.find('\n') + 1) == rest.substr(rest.find('\n') + 1));
}

TEST_CASE("end-of-file on the channel and the process handle both tell a killed child") {
  auto [ours, theirs] = Channel::pair();
  Handle inherited = theirs.release();
  Spawn s = shell("read line");
  auto [in, out] = output_pipe();
  s.arguments = {"-c", "exec sleep 1000"};
  s.inherit = {{&inherited, 3}};
  Process p = Process::spawn(s);
  inherited.reset();
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
  CHECK(p.wait(-1)->words() == "was killed by signal 9 (Killed)");
  CHECK(p.resident_bytes() == 0);
}

TEST_CASE("a process object that is dropped takes its child and the child's children along") {
  auto [in, out] = output_pipe();
  {
    Spawn s = shell("sleep 1000 & sleep 1000");
    s.output = &out;
    Process p = Process::spawn(s);
    out.reset();
  }
  // Both held the pipe's writing end; it can only be at its end when both are gone.
  Poller poller;
  poller.add(in.native(), 1);
  std::string text;
  do poller.wait(-1);
  while (drain(in, text, 4096));
  CHECK(text.empty());
}

TEST_CASE("a child ends with its parent") {
  // A parent of our own, so that it can end; the grandchild holds the pipe.
  auto [in, out] = output_pipe();
  const pid_t parent = ::fork();
  if (parent == 0) {
    Spawn s = shell("exec sleep 1000");
    s.output = &out;
    Process p = Process::spawn(s);
    ::_exit(0);  // without destructors: as in a crash
  }
  out.reset();
  ::waitpid(parent, nullptr, 0);
  Poller poller;
  poller.add(in.native(), 1);
  std::string text;
  do poller.wait(-1);
  while (drain(in, text, 4096));
  CHECK(text.empty());
}
