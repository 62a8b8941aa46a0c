// What the walls keep a hostile plugin from, in Windows' words: a Job and a token of low integrity, neither of which wine
// has. The network and reading the user's files they do not keep out; the plugin's page says so (sandbox.cpp).
#include "isolation_deeds.hpp"

using namespace caukham::tests;

TEST_CASE("a plugin that allocates 10 GB must be back, and no other device may miss a sample", "[allocate][not-under-wine]") {
  Isolation bench;
  dies_and_comes_back(bench, "allocate", "malloc failed after MiB", "plugin crashed", false);
}
TEST_CASE("a plugin can start no program, and not leave its Job", "[fork][not-under-wine]") {
  tries_in_vain("fork", {"start a program -1 errno 1816", "leave the Job -1 errno 5"});
}
TEST_CASE("a plugin can write into its own folder and nowhere else", "[files][not-under-wine]") {
  tries_in_vain("files", {"write public -1 errno 5", "write root -1 errno 5", "write own 1 errno"});
}
TEST_CASE("a plugin can end, change and rob nobody but itself", "[signals][not-under-wine]") {
  tries_in_vain("signals", {"end parent -1 errno 5", "write into parent -1 errno 5", "take parent's handles -1 errno 5"});
}
