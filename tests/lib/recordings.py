"""Recordings and pictures written by another hand than the program's own, by the formats' public descriptions; and the
caller of caukham-cli that the command line's tests share."""
import math
import random
import struct
import subprocess
import zlib

RATE = 360


class Analyze:
    """caukham-cli analyze, with what it must answer."""

    def __init__(self, program):
        self.program = program

    def __call__(self, *words, expect=0):
        done = subprocess.run([self.program, "analyze", *map(str, words)], capture_output=True, text=True, timeout=120)
        assert done.returncode == expect, f"{words}: exit {done.returncode}, not {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done

    def refused(self, *words, expect=1, says=()):
        """No output, and one sentence that says what is wrong."""
        done = self(*words, expect=expect)
        assert done.stdout == "", done.stdout[:300]
        lines = done.stderr.strip().splitlines()
        assert lines and len(lines) <= (1 if expect == 1 else 2), done.stderr
        assert "terminate" not in done.stderr and len(lines[0]) > 25, done.stderr
        for word in says:
            assert word in done.stderr, (word, done.stderr)


def hearts(seconds, bpm=72, noise_mv=0.0, ventricular=()):
    """Two leads in mV and the R peaks: gaussian P, QRS, T; a ventricular beat is early, broad and upside down."""
    rnd = random.Random(3)
    n = int(seconds * RATE)
    leads = [[0.0] * n, [0.0] * n]
    peaks, t, beat = [], 0.6, 0
    while t < seconds - 0.6:
        v = beat in ventricular
        peaks.append((round(t * RATE), "V" if v else "N"))
        waves = ([(0.0, -1.6, 0.045), (0.28, 0.5, 0.06)] if v
                 else [(-0.17, 0.12, 0.02), (-0.028, -0.12, 0.009), (0.0, 1.2, 0.011), (0.03, -0.25, 0.010), (0.27, 0.3, 0.045)])
        for dt, mv, width in waves:
            middle, reach = (t + dt) * RATE, int(width * RATE * 5)
            for i in range(max(0, int(middle) - reach), min(n, int(middle) + reach)):
                shape = mv * math.exp(-(((i - middle) / (width * RATE)) ** 2) / 2)
                leads[0][i] += shape
                leads[1][i] += 0.7 * shape
        beat += 1
        period = 60 / bpm * (1 + 0.02 * math.sin(beat / 3))
        t += period * (0.65 if beat in ventricular else 1.35 if v else 1)
    if noise_mv:
        for lead in leads:
            for i in range(n):
                lead[i] += rnd.gauss(0, noise_mv)
    return leads, peaks


def write_212(folder, name, leads, names=("MLII", "V5")):
    """Format 212 by the book: 200 units a mV, zero at 1024."""
    out = bytearray()
    for pair in zip(*leads):
        a, b = (max(-2047, min(2047, round(v * 200) + 1024)) & 0xFFF for v in pair)
        out += bytes([a & 0xFF, a >> 8 | (b >> 8) << 4, b & 0xFF])
    (folder / f"{name}.dat").write_bytes(out)
    lines = [f"{name} 2 {RATE} {len(leads[0])}"] + [f"{name}.dat 212 200 11 1024 0 0 0 {n}" for n in names]
    (folder / f"{name}.hea").write_text("\n".join(lines) + "\n# 61 F\n")


CODES = {"N": 1, "V": 5, "+": 28, "[": 32, "]": 33}


def write_annotations(path, marks):
    out, before = bytearray(), 0
    for sample, letter in marks:
        step = sample - before
        if step > 1023:
            out += struct.pack("<HHH", 59 << 10, step >> 16, step & 0xFFFF)
            step = 0
        out += struct.pack("<H", CODES[letter] << 10 | step)
        before = sample
    path.write_bytes(out + b"\0\0")


def read_annotations(path):
    data, at, time, out = path.read_bytes(), 0, 0, []
    letters = {v: k for k, v in CODES.items()} | {13: "Q"}
    while True:
        word, = struct.unpack_from("<H", data, at)
        at += 2
        code, low = word >> 10, word & 1023
        if word == 0:
            return out
        if code == 59:
            high, down = struct.unpack_from("<HH", data, at)
            at += 4
            time += high << 16 | down
        else:
            assert code in letters, code
            time += low
            out.append((time, letters[code]))


def write_16(folder, name, samples, rate=RATE):
    (folder / f"{name}.dat").write_bytes(struct.pack(f"<{len(samples)}h", *samples))
    (folder / f"{name}.hea").write_text(f"{name} 1 {rate} {len(samples)}\n{name}.dat 16 200 16 0 0 0 0 II\n")


def write_wf(path, fvc, tau, rate=100):
    """An exponential expiration of 8 s, volume over time in litres; its flow rises for 60 ms, as no lung starts at once."""
    rise, peak = 0.06, fvc / (tau + 0.03)
    volume = lambda t: peak * t * t / rise / 2 if t < rise else peak * rise / 2 + peak * tau * (1 - math.exp((rise - t) / tau))
    lines = ["[Header]", f"Name={path.stem}", "Type=VT", f"Freq={rate}", "[Data]"]
    lines += [f"{volume(i / rate):.5f}" for i in range(8 * rate)]
    path.write_text("\n".join(lines) + "\n")
    return fvc


def write_edf(path, labels, unit, rate, signals, bits=16, low=-32768, high=32767, record_s=1):
    """EDF, or BDF with 24 bits; physical values `low` … `high` over the whole digital range; `signals` physical."""
    size, most = bits // 8, (1 << bits - 1) - 1
    ns, per = len(labels), int(rate * record_s)
    records = -(-len(signals[0]) // per)
    field = lambda v, n: str(v).encode().ljust(n)[:n]
    head = (b"\xffBIOSEMI" if bits == 24 else field(0, 8)) + field("X X X X", 80) + field("Startdate 01-JAN-2024 X X X", 80)
    head += field("01.01.24", 8) + field("10.00.00", 8) + field(256 * (ns + 1), 8)
    head += field("24BIT" if bits == 24 else "", 44) + field(records, 8) + field(record_s, 8) + field(ns, 4)
    for values, n in ((labels, 16), ([""] * ns, 80), ([unit] * ns, 8), ([low] * ns, 8), ([high] * ns, 8), ([-most - 1] * ns, 8),
                      ([most] * ns, 8), ([""] * ns, 80), ([per] * ns, 8), ([""] * ns, 32)):
        head += b"".join(field(v, n) for v in values)
    data = bytearray()
    scale = (2 * most + 1) / (high - low)
    for r in range(records):
        for s in signals:
            part = s[r * per:(r + 1) * per]
            for v in list(part) + [0.0] * (per - len(part)):
                d = max(-most - 1, min(most, round((v - low) * scale) - most - 1))
                data += d.to_bytes(size, "little", signed=True)
    path.write_bytes(head + bytes(data))


def write_png(path, width, height, grey):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes([grey]) * width) * height
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_jpeg(path, width, height, grey):
    """Baseline, one component, every block of one value: a DC difference and an end of block."""
    def segment(kind, data):
        return b"\xff" + bytes([kind]) + struct.pack(">H", len(data) + 2) + data
    # Huffman: DC categories 0 … 8 with codes of four bits, AC with end of block alone, one bit.
    tables = b"\0" + bytes([0, 0, 0, 9] + [0] * 12) + bytes(range(9)) + b"\x10" + bytes([1] + [0] * 15) + b"\0"
    bits = ""
    level = grey - 128
    for block in range(-(-width // 8) * -(-height // 8)):
        diff = level if block == 0 else 0
        category = abs(diff).bit_length()
        bits += format(category, "04b")
        if category:
            bits += format(diff if diff > 0 else diff + (1 << category) - 1, f"0{category}b")
        bits += "0"
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    path.write_bytes(b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + segment(0xDB, b"\0" + bytes([8] * 64)) +
                     segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0)) + segment(0xC4, tables) +
                     segment(0xDA, bytes([1, 1, 0, 0, 63, 0])) + scan + b"\xff\xd9")
