#include "ui/native.hpp"

#include <atk/atk.h>
#include <cairo.h>
#include <gtk/gtk.h>

#include <cstdlib>

#include "ui/pch/wx_pch.hpp"

namespace caukham::ui::native {

void describe(wxWindow* control, const std::string& name_utf8, bool button) {
  GtkWidget* widget = control->GetHandle();
  if (!widget) return;
  AtkObject* object = gtk_widget_get_accessible(widget);
  if (!object) return;
  atk_object_set_name(object, name_utf8.c_str());
  if (button) atk_object_set_role(object, ATK_ROLE_PUSH_BUTTON);
}

Monitor monitor_of(const wxWindow* window) {
  GdkWindow* gdk = window->GetHandle() ? gtk_widget_get_window(window->GetHandle()) : nullptr;
  GdkDisplay* display = gdk_display_get_default();
  if (!gdk || !display) return {};
  GdkMonitor* monitor = gdk_display_get_monitor_at_window(display, gdk);
  if (!monitor) return {};
  GdkRectangle area = {};
  gdk_monitor_get_geometry(monitor, &area);
  return {area.width, gdk_monitor_get_width_mm(monitor)};
}

double desktop_text_scale() {
  GdkScreen* screen = gdk_screen_get_default();
  const double dpi = screen ? gdk_screen_get_resolution(screen) : -1;
  return dpi > 0 ? dpi / 96.0 : 1.0;
}

// Asked before wx starts GTK, which bears no call before that.
bool has_screen() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"})
    if (const char* screen = std::getenv(name); screen && *screen) return true;
  return false;
}

void let_to_front(int) {}

bool render_png(wxWindow* window, const std::string& path) {
  GtkWidget* widget = window->GetHandle();
  if (!widget) return false;
  const int width = gtk_widget_get_allocated_width(widget), height = gtk_widget_get_allocated_height(widget);
  if (width < 1 || height < 1) return false;
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  cairo_t* context = cairo_create(surface);
  gtk_widget_draw(widget, context);
  cairo_destroy(context);
  const bool written = cairo_surface_write_to_png(surface, path.c_str()) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  return written;
}

}  // namespace caukham::ui::native
