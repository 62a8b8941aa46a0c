// WFDB annotation files in MIT format (`100.atr`, `100.ckq`): beats, rhythms and remarks by sample number.
// Source: WFDB Applications Guide, annot(5); the letters are those of wfdb's ecgcodes.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "devices/formats/wfdb/header.hpp"

namespace caukham::formats {

struct WfdbAnnotation {
  std::uint64_t sample = 0;
  char letter = 'N';        // annotation_letter(code); '\0': a code without a letter
  std::uint8_t code = 1;    // 1 … 49
  std::int8_t subtype = 0;
  std::uint8_t channel = 0;
  std::int8_t number = 0;
  std::string aux;          // at most 255 bytes ("(AFIB" on a rhythm change)
};

struct WfdbAnnotations {
  std::vector<WfdbAnnotation> list;  // as in the file; times never go back below zero
  double resolution_hz = 0;          // 0: samples of the record; else the file's own "## time resolution"
};

// At most 16 MiB. Throws WfdbError in words: not an annotation file, cut off (no end mark), times before the record.
WfdbAnnotations parse_annotations(std::span<const std::uint8_t> bytes);

// The file for these annotations. `letter` decides the code when it has one. Throws WfdbError when the times go
// backwards, a letter is unknown or a text is longer than 255 bytes.
std::vector<std::uint8_t> encode_annotations(const WfdbAnnotations&);

char annotation_letter(std::uint8_t code);    // '\0' when there is none
std::uint8_t annotation_code(char letter);    // 0 when there is none

// A QRS complex of any origin: N L R B A a J S j e n V r E F / f Q ?. ('!', a flutter wave, is none: WFDB marks it
// only between '[' and ']', which comparisons leave out.)
bool is_beat(char letter);

}  // namespace caukham::formats
