"""Prints, for CMake, which of tg_owt's sources belong into the restricted Windows library; its own CMakeLists.txt is the list."""
import os
import re
import sys

tree = sys.argv[1]
text = open(os.path.join(tree, "CMakeLists.txt"), encoding="utf-8").read()

LEFT_OUT = re.compile("|".join((
    r"\.(h|sigs|fragment|mm|m)$",
    # other systems and processors
    r"(^|/)(mac|darwin|osx|linux|posix|objc|android|ios)/",
    r"[_/](mac|darwin|osx|linux|posix|gcd|ios|android|neon|mips)\.",
    r"_neon|_mips|mac_ifaddrs|^rtc_base/ifaddrs_converter|gcd_helpers|cocoa",
    # capture and devices, which the tree does itself
    r"^modules/(desktop_capture|video_capture)/|^rtc_base/win/create_direct3d",
    r"^modules/audio_device/win/|audio_device_factory\.cc$",
    # iSAC but for what voice detection uses of it, and iLBC
    r"^modules/audio_coding/codecs/isac/(?!main/source/(filter_functions|isac_vad|pitch_estimator|pitch_filter)\.c$)",
    r"^api/audio_codecs/isac/|/ilbc/",
    # test helpers, encoders that want protobuf, files that Debian's source has emptied or made Linux-only
    r"/opus/test/|test_audio_device\.cc$|agc2_testing_common|_test_helper\.cc$|fake_rtc_event_log|fakes?_(?!network_pipe)",
    r"rtc_event_log_encoder_(legacy|new_format)\.cc$|common_audio/wav_(file|header)|rnn_(fc|gru)\.cc$")))


def block(start):
    found = re.search(re.escape(start) + r"\n(.*?)\n\s*\)", text, re.S)
    if not found:
        sys.exit(f"tg_owt's CMakeLists.txt has no '{start}' any more; sysroot/tgowt/sources.py must learn its new shape.")
    return [line.strip() for line in found.group(1).split("\n") if line.strip() and not line.strip().startswith("#")]


def cmake_list(name, files):
    print(f"set({name}\n" + "\n".join(files) + "\n)")


listed = dict.fromkeys(block("nice_target_sources(tg_owt ${webrtc_loc}\nPRIVATE"))
cmake_list("SOURCES", [f for f in listed if not LEFT_OUT.search(f) and os.path.exists(os.path.join(tree, "src", f))])
cmake_list("AVX2_SOURCES", [f for f in block("add_sublibrary(avx2") if f.endswith(".cc")])
