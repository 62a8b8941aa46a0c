// Where the record lies.
#pragma once
#include <filesystem>

namespace caukham::record {

// $XDG_DATA_HOME/caukham, else ~/.local/share/caukham. Throws RecordError{io} when there is no home. Not
// created.
std::filesystem::path default_data_folder();

// Makes the folder where it is missing, for its owner alone. Throws RecordError: full, io.
void make_private_folder(const std::filesystem::path& folder);

struct Layout {
  std::filesystem::path root;
  std::filesystem::path database() const { return root / "caukham.db"; }
  std::filesystem::path attachments() const { return root / "attachments"; }  // <sha256[0:2]>/<sha256>
  std::filesystem::path exams() const { return root / "exams"; }  // <exam id>/: files being recorded
};

}  // namespace caukham::record
