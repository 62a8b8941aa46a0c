"""abi_test.py SDK_FOLDER CC...: the headers only add to the golden ABI, and the tester notices what it must."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SDK = Path(sys.argv[1])
CC = sys.argv[2:]
GOLDEN = SDK / "abi/caukham-1.txt"


def compare(golden, new):
    done = subprocess.run([sys.executable, SDK / "abi/compare.py", golden, new], capture_output=True, text=True)
    return done.returncode, done.stdout


class Abi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.n = 0

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def described(self, changes=()):
        """A description of the headers, after (header, old, new) changes."""
        include = SDK / "include"
        if changes:
            Abi.n += 1
            include = Path(self.folder.name) / f"include{Abi.n}"
            subprocess.run(["cp", "-r", SDK / "include", include], check=True)
            for header, old, new in changes:
                path = include / "caukham" / header
                text = path.read_text()
                self.assertIn(old, text)
                path.write_text(text.replace(old, new, 1))
        out = Path(self.folder.name) / f"described{Abi.n}.txt"
        done = subprocess.run([sys.executable, SDK / "abi/describe.py", include, "--cc", *CC], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        out.write_text(done.stdout)
        return out

    def must_fail(self, words, *changes):
        code, said = compare(GOLDEN, self.described(changes))
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)

    def must_pass(self, *changes):
        code, said = compare(GOLDEN, self.described(changes))
        self.assertEqual(code, 0, said)
        return said

    def test_the_headers_hold_what_was_promised(self):
        self.must_pass()
        self.assertEqual(self.described().read_text(), GOLDEN.read_text(), "say what is new: see sdk/abi/README.md")

    def test_a_result_that_goes_or_changes_is_noticed(self):
        self.must_fail("CK_E_STALL has gone", ("abi.h", "CK_E_STALL = -11,", ""))
        self.must_fail("CK_E_STALL", ("abi.h", "CK_E_STALL = -11,", "CK_E_STALL = -13,"))
        self.must_fail("CK_EVENT_STILL", ("event.h", "CK_EVENT_PARAM = 5,", "CK_EVENT_NEW = 5, CK_EVENT_PARAM = 6,"),
                       ("event.h", "CK_EVENT_STILL = 7,", "CK_EVENT_STILL = 70,"))

    def test_a_changed_layout_is_noticed(self):
        self.must_fail("ck_buffer", ("stream.h", "  uint32_t slot; ", "  uint64_t slot; "))
        self.must_fail("ck_log_level", ("host.h", "typedef int32_t ck_log_level", "typedef int16_t ck_log_level"))
        self.must_fail("ck_chunk.count", ("stream.h", "  uint32_t count;  ", "  int32_t count;  "))
        self.must_fail("CK_NAME_SIZE", ("abi.h", "CK_NAME_SIZE 64", "CK_NAME_SIZE 64 + 0 * 1 + 8"),
                       *[(h, "CK_WIRE(", "// (") for h in ("stream.h", "entry.h", "ext/params.h")])

    def test_a_changed_or_grown_table_is_noticed(self):
        self.must_fail("ck_host.now_ns", ("host.h", "int64_t(CK_ABI* now_ns)", "uint64_t(CK_ABI* now_ns)"))
        self.must_fail("has been added to a table",
                       ("device.h", "  /* A table named", "  void(CK_ABI* extra)(void);\n  /* A table named"))
        self.must_fail("ck_device_params.text has gone", ("ext/params.h", "(CK_ABI* text)", "(CK_ABI* words)"))
        self.must_fail("CK_EXT_STATE", ("ext/state.h", "ck.device.state/1", "ck.device.state/2"))

    def test_a_member_in_the_middle_of_a_wire_struct_is_noticed(self):
        self.must_fail("middle", ("stream.h", "uint32_t reserved[2];   /* 0 */\n} ck_chunk;",
                                  "uint32_t fresh; uint32_t reserved;\n} ck_chunk;"),
                       ("stream.h", "reserved, 56", "reserved, 60"))

    def test_additions_pass_and_are_told(self):
        said = self.must_pass(
            ("abi.h", "CK_E_INTERNAL = -12 ", "CK_E_INTERNAL = -12, CK_E_TIRED = -13 "),
            ("stream.h", "uint32_t reserved[2];   /* 0 */\n} ck_chunk;",
             "uint32_t reserved[2];\n  uint64_t later;\n} ck_chunk;"),
            ("stream.h", "CK_WIRE(ck_chunk, CK_CHUNK_SIZE_1_0", "CK_WIRE(ck_chunk, 72"),
            ("host.h", "typedef int32_t ck_log_level;",
             "typedef int32_t ck_log_level;\ntypedef struct ck_more { uint32_t size; uint32_t x; } ck_more;"))
        self.assertIn("5 added", said)  # a value, a member, a struct and its two members


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
