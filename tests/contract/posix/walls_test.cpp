// What the walls keep a hostile plugin from, in Linux' words.
#include "isolation_deeds.hpp"

using namespace caukham::tests;

TEST_CASE("a plugin that allocates 10 GB must be back, and no other device may miss a sample", "[allocate]") {
  Isolation bench;
  // AddressSanitizer does not bear a limit of the address space: there the watch on memory in RAM ends it.
  dies_and_comes_back(bench, "allocate", sanitized ? "MiB of memory" : "malloc failed after MiB",
                      sanitized ? "plugin over its limits" : "plugin crashed", false);
}
TEST_CASE("a plugin can neither fork nor execute", "[fork]") {
  tries_in_vain("fork", {"fork -1 errno 1", "vfork -1 errno 1", "exec -1 errno"});
}
TEST_CASE("a plugin can open no socket", "[socket]") {
  tries_in_vain("socket", {"socket inet -1 errno 1", "socket inet6 -1 errno 1", "socket unix -1 errno 1",
                           "socket netlink -1 errno 1", "io_uring -1 errno 1"});
}
TEST_CASE("a plugin can write into its own folder and nowhere else, and read no person's files", "[files]") {
  tries_in_vain("files", {"write tmp -1 errno 13", "write root -1 errno 13", "read passwd -1 errno 13",
                          "list tmp -1 errno 13", "read parent -1 errno", "symlink out -1 errno", "write own "});
  CHECK_FALSE(std::filesystem::exists("/tmp/caukham-hostile"));
}
TEST_CASE("a plugin can signal, trace and limit nobody but itself", "[signals]") {
  tries_in_vain("signals", {"kill parent -1 errno 1", "kill all -1 errno 1", "ptrace parent -1 errno",
                            "more memory -1 errno 1", "unshare -1 errno 1"});
}
