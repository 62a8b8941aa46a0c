"""A device's traffic, written down while its plugin talks to it, is a transcript: played back, the plugin gives the same
samples, and the validator finds a device in it."""
import csv
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
import sys

RUN, CHECK, PLUGINS = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=300)
    return done.returncode, done.stdout


class Record(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)
        self.text = self.root / "device.transcript"

    def play(self, plugin, name, *how):
        """The samples in order, and what was said; None where the plugin gave its device up."""
        path = self.root / name
        code, said = run(RUN, str(PLUGINS / plugin), "--csv", str(path), *how)
        if code != 0:
            return None, said
        with open(path, encoding="utf-8") as file:
            return [(row["stream"], row["channel"], row["value"]) for row in csv.DictReader(file)], said

    def there_and_back(self, plugin, device, at_least, seconds="3"):
        # A recording holds the times, too, and a plugin that gets no processor meanwhile gives up waiting for an answer, as
        # it would with the device. Whoever delivers must deliver the same.
        for _ in range(3):
            recorded, said = self.play(plugin, "a.csv", "--device", device, "--seconds", seconds, "--record", str(self.text))
            if recorded is None:
                continue
            self.assertIn(f"record   {self.text}: play it with --transcript", said)
            played, said = self.play(plugin, "b.csv", "--transcript", str(self.text), "--seconds", seconds)
            if played is not None:
                break
        else:
            self.fail(f"three times no samples: {said}")
        self.assertIn("SIMULATED", said)
        # Each was stopped at a moment of its own, and what was under way then differs: the first half is compared.
        both = min(len(recorded), len(played)) // 2
        self.assertGreaterEqual(both, at_least, said)
        self.assertEqual(recorded[:both], played[:both])
        self.assertGreater(len({value for _, _, value in played}), 10, "a signal, not a line")

    def test_an_ecg_on_a_serial_line_comes_back_value_by_value(self):
        self.there_and_back("ecg_hackeeg", "ecg", 1000)
        text = self.text.read_text(encoding="utf-8")
        self.assertRegex(text, r"(?m)^link serial$")
        self.assertRegex(text, r"(?m)^at [0-9.]+ ms\n< [0-9A-F ]+$")
        # And the validator takes it for the device.
        code, said = run(CHECK, "run", str(PLUGINS / "ecg_hackeeg"), "--transcript", str(self.text), "--test", "start_stop")
        self.assertEqual(code, 0, said)
        self.assertIn("1 passed", said)

    def test_a_spirometer_on_hid_comes_back_value_by_value(self):
        self.there_and_back("spirometer_vernier", "spirometer", 50)
        self.assertRegex(self.text.read_text(encoding="utf-8"), r"(?m)^link hid$")

    def test_a_scope_on_usb_comes_back_with_its_pictures(self):
        code, said = run(RUN, str(PLUGINS / "otoscope_useeplus"), "--device", "otoscope", "--seconds", "1", "--record", str(self.text))
        self.assertEqual(code, 0, said)
        self.assertRegex(self.text.read_text(encoding="utf-8"), r"(?m)^< 8[0-9A-F]: ")
        code, said = run(RUN, str(PLUGINS / "otoscope_useeplus"), "--transcript", str(self.text), "--seconds", "1")
        self.assertEqual(code, 0, said)
        self.assertGreaterEqual(int(re.search(r"(?m)^sum .*?: (\d+) ", said).group(1)), 3, said)

    def test_where_nothing_can_be_written_it_says_so(self):
        code, said = run(RUN, str(PLUGINS / "ecg_hackeeg"), "--device", "ecg", "--record", str(self.root / "no" / "such"))
        self.assertEqual(code, 1)
        self.assertIn("cannot be written", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
