"""Bad input: a list of named cases, and the run over them that tells each one's verdict."""
import pathlib
import sys
import tempfile
import traceback

LETTER = "Dear colleague,\nplease find attached.\n"
cases = []


def must(name, judge, *args):
    cases.append((name, judge, args))


def refused(cli, what, *says):
    return lambda path: cli.refused(what, path, *(("--lang", "en") if what == "ecg" else ()), says=says)


def run(*rooms):
    """Each room lays its files into a folder of its own and names its cases."""
    with tempfile.TemporaryDirectory(prefix="caukham-bad-") as name:
        for room in rooms:
            inside = pathlib.Path(name) / room.__name__
            inside.mkdir()
            room(inside)
        failed = 0
        for what, judge, args in cases:
            try:
                judge(*args)
                print(f"ok     {what}")
            except Exception as e:
                failed += 1
                print(f"FAILED {what}: {type(e).__name__} {str(e)[:600]}")
                if not isinstance(e, AssertionError):
                    traceback.print_exc()
    print(f"{len(cases)} kinds of bad input, {failed} failed")
    sys.exit(1 if failed else 0)
