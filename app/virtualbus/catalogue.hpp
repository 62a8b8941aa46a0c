// Which devices the simulator has, and from what data they play.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "virtualbus/server.hpp"

namespace caukham::virtualbus {

struct CatalogueOptions {
  std::vector<std::string> devices;  // names; empty: all
  std::string ecg;                   // a WFDB record (.hea); empty: synthetic
  double heart_rate_bpm = 66;        // of the synthetic ECG, 30..200
  std::string spirometry;            // a .wf file or a folder of them; empty: synthetic
  std::vector<std::pair<std::string, std::string>> transcripts;  // name and file, beside the devices
  std::string pictures_ear, pictures_skin;  // folders of JPEG files; empty: rendered scenes
};

struct CatalogueError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// "ecg" (HackEEG, serial), "spirometer" (GDX-SPR, HID), "otoscope" (Useeplus, USB), "dermatoscope" (HT-B30S,
// class camera), "otoscope_uvc" (Teslong, class camera).
std::vector<std::string> device_names();

// Reads and renders everything named. Throws CatalogueError in words.
std::vector<NamedModel> make_catalogue(const CatalogueOptions& options);

}  // namespace caukham::virtualbus
