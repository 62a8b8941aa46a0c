#include "core/log.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>
#include <mutex>

namespace caukham::core {
namespace {
constexpr std::size_t file_bytes = 2u << 20;
constexpr std::size_t files = 5;
constexpr std::size_t line_bytes = 2000;

spdlog::level::level_enum translate(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: break;
  }
  return spdlog::level::off;
}

std::shared_ptr<spdlog::logger> make(const LogSettings& settings, bool& file_open) {
  auto console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  console->set_level(translate(settings.stderr_level));
  auto logger = std::make_shared<spdlog::logger>("caukham", console);
  file_open = true;
  if (!settings.folder.empty()) {
    try {
      std::filesystem::create_directories(settings.folder);
      auto file = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          (std::filesystem::path(settings.folder) / "caukham.log").string(), file_bytes, files - 1);
      file->set_level(translate(settings.file_level));
      logger->sinks().push_back(file);
    } catch (const std::exception& e) {
      file_open = false;
      logger->warn("log: cannot write into {}: {}; free space or rights there, or name another folder",
                   settings.folder, e.what());
    }
  }
  logger->set_level(spdlog::level::debug);  // the sinks decide
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->flush_on(spdlog::level::info);  // what was said before a crash is in the file
  return logger;
}

std::mutex mutex;
std::shared_ptr<spdlog::logger> current;

std::shared_ptr<spdlog::logger> get() {
  const std::lock_guard lock(mutex);
  bool ignored;
  if (!current) current = make({}, ignored);
  return current;
}
}  // namespace

bool open_log(const LogSettings& settings) {
  bool file_open;
  auto made = make(settings, file_open);
  const std::lock_guard lock(mutex);
  current = std::move(made);
  return file_open;
}

void log(LogLevel level, std::string_view room, std::string_view text) {
  if (level == LogLevel::off) return;
  std::string line(text.substr(0, line_bytes));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  get()->log(translate(level), "{}: {}", room, line);
}

}  // namespace caukham::core
