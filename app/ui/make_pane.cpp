#include "ui/ecg_pane.hpp"
#include "ui/picture_pane.hpp"
#include "ui/spirometry_pane.hpp"

namespace caukham::ui {

Pane* make_pane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info, Settings& settings,
                std::function<void()> settings_changed) {
  if (info.kind == core::StreamKind::video) return new PicturePane(parent, desk, info);
  if (info.device_kind == "ecg")
    return new EcgPane(parent, desk, info, settings, std::move(settings_changed));
  if (info.is_flow()) return new SpirometryPane(parent, desk, info);
  return nullptr;
}

}  // namespace caukham::ui
