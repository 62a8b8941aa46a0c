#!/usr/bin/env python3
"""make_icon.py IN.svg OUT.ico: one Windows icon with the sizes that Explorer, task bar and title bar ask for.

Pictures are PNG inside the icon, which Windows reads since Vista; rsvg-convert (librsvg2-bin) draws them."""
import struct
import subprocess
import sys

SIZES = [16, 20, 24, 32, 40, 48, 64, 128, 256]


def main():
    svg, out = sys.argv[1:]
    pictures = [subprocess.run(["rsvg-convert", "-w", str(s), "-h", str(s), "-f", "png", svg], check=True,
                               capture_output=True).stdout for s in SIZES]
    entries, at = b"", 6 + 16 * len(SIZES)
    for size, png in zip(SIZES, pictures):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), at)
        at += len(png)
    with open(out, "wb") as f:
        f.write(struct.pack("<HHH", 0, 1, len(SIZES)) + entries + b"".join(pictures))


main()
