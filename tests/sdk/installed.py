"""The SDK as a vendor has it: installed into a folder of its own, nothing of the source tree beside it."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE, BUILD = Path(sys.argv[1]), Path(sys.argv[2])


def run(command, **more):
    """(exit code, everything it printed). Kept short of a pipe that nobody empties."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=900, **more)
    return done.returncode, done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="caukham sdk ")  # with a blank, as on Windows
        root = Path(cls.folder.name)
        code, said = run(["meson", "install", "-C", str(BUILD), "--no-rebuild", "--tags", "sdk", "--destdir", str(root / "d")])
        assert code == 0, said
        found = next((root / "d").rglob("caukham-sdk.pc"))
        # The folder may be moved.
        cls.sdk = root / "sdk"
        shutil.move(found.parent.parent.parent, cls.sdk)
        shutil.rmtree(root / "d")
        cls.root = root
        cls.environment = {k: v for k, v in os.environ.items() if k not in ("CC", "CXX", "CFLAGS", "CXXFLAGS", "LD_PRELOAD")}
        cls.environment["SDK"] = str(cls.sdk)
        cls.environment.setdefault("CMAKE_GENERATOR", "Ninja")  # make is not everywhere; what builds us is

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def must(self, command, **more):
        more.setdefault("env", self.environment)
        code, said = run(command, **more)
        self.assertEqual(code, 0, f"{command}\n{said}")
        return said

    def need(self, *programs):
        for program in programs:
            if not shutil.which(program):
                self.skipTest(f"{program} is not installed")


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
