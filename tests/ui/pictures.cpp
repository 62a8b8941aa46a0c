// Every pane in both languages and the usual sizes, as pictures for people to look at; and what drawing costs.
#include <ctime>

#include "bench.hpp"
#include "core/i18n.hpp"
#include "ui/native.hpp"

using namespace caukham;
using namespace caukham::test;

TEST_CASE("every picture of the window is complete in both languages and sizes") {
  struct Size {
    int width, height;
    double scale;
    const char* name;
  };
  for (const Size& size :
       {Size{1366, 768, 1.0, "1366"}, Size{1920, 1080, 1.0, "1920"}, Size{1920, 1080, 1.5, "1920-150"}})
    for (const char* language : {"vi", "en"}) {
      Window w;
      w.examine();
      w.desk.open_session();
      w.desk.add_blows();
      w.desk.edit([](station::Snapshot& s) {
        s.guests.push_back({"g1", "BS. Trần Hữu Nghĩa", "BV Trung ương Huế", "admitted"});
        s.asks.push_back({"a1", "BS. Trần Hữu Nghĩa", "still", "otoscope", "left", "",
                          "Hơi sang trái, giữ yên", "shown", 0});
        s.chat = {"BS. Nghĩa: Cho tôi xem màng nhĩ bên trái"};
        s.advice = "Viêm tai giữa cấp bên trái. Amoxicillin 7 ngày, tái khám sau 3 ngày hoặc khi sốt cao.";
      });
      w.open(language, size.width, size.height, size.scale);
      const std::string tail = std::string("-") + size.name + "-" + language;
      REQUIRE(w.front(FakeDesk::ear));
      w.key(WXK_SPACE);
      w.key('2');
      w.key(WXK_SPACE);
      w.picture("skin" + tail);
      w.key('3');
      w.key(WXK_SPACE);
      run_for(1500);
      w.picture("ecg" + tail);
      w.key('B');
      run_for(200);
      w.picture("ecg6x2" + tail);
      w.key('B');
      run_for(200);
      w.picture("ecg12x1" + tail);
      w.key('B');
      w.desk.breathe();
      w.key('4');
      const wxImage last = w.picture("spirometry" + tail);
      CHECK(last.GetWidth() >= size.width - 50);
      CHECK(count(last, 106, 27, 154) > 2000);  // practice: the purple frame and marks
    }
}

TEST_CASE("thirty seconds of four devices", "[.cpu]") {  // by hand: prints the share of a core
  Window w;
  w.examine();
  w.open();
  for (int key : {'1', '3', '4'}) {
    w.key(key);
    run_for(500);
    const std::clock_t cpu = std::clock();
    const std::int64_t wall = core::now_ns();
    run_for(10000);
    const double share = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC /
                         (static_cast<double>(core::now_ns() - wall) / 1e9);
    WARN("front " << static_cast<char>(key) << ": " << share * 100 << " % of a core; worst sensed-to-drawn "
                  << static_cast<double>(w.desk.worst_draw_ns(w.frame->front())) / 1e6 << " ms");
  }
}
