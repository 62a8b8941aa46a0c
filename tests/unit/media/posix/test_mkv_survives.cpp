#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "mkv_help.hpp"

using namespace test;

TEST_CASE("a killed recorder must leave a file with every picture that flush had acknowledged") {
  test::TempFile file("c.mkv");
  picture(49);  // rendered before the fork
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    std::string error;
    auto writer = MkvWriter::create(settings(file.path), error);
    std::uint32_t acknowledged = 0;
    for (std::uint32_t i = 0; writer && i < 50; ++i) {
      writer->write(picture(i), start + i * 50 * ms);
      if (i % 7 == 6 && writer->flush()) acknowledged = i + 1;
    }
    (void)!write(pipe_ends[1], &acknowledged, sizeof acknowledged);
    for (;;) pause();
  }
  std::uint32_t acknowledged = 0;
  REQUIRE(read(pipe_ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
  REQUIRE(kill(child, SIGKILL) == 0);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  REQUIRE(acknowledged == 49);
  const auto all = read_all(file.path);
  REQUIRE(all.size() >= acknowledged);
  for (std::uint32_t i = 0; i < acknowledged; ++i) {
    CHECK(all[i].bytes == picture(i));
    CHECK(all[i].time_ns == start + i * 50 * ms);
  }
}

TEST_CASE("a full disk must be told in words and stay told") {
  test::TempFile file("f.mkv");
  picture(0);  // rendered before the fork
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::string error;
    auto writer = MkvWriter::create(settings(file.path), error);
    bool good = writer != nullptr, failed = false;
    for (int i = 0; good && i < 40 && !failed; ++i) failed = !writer->write(picture(0), start + i * 50 * ms) || !writer->flush();
    good = good && failed && !writer->error().empty() && !writer->write(picture(0), start + 9999 * ms) && !writer->finish();
    _exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  CHECK_FALSE(read_all(file.path).empty());
}
