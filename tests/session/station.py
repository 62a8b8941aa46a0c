"""The station double as a Python object: orders in, events out. Used by the tests of this folder."""
import json
import queue
import shutil
import subprocess
import tempfile
import threading
import time


class Station:
    def __init__(self, program, console, *args, data=None, inside=()):
        """inside: words in front of the command, such as ip netns exec NAME."""
        self.data = data or tempfile.mkdtemp(prefix="caukham-station-")
        self.own_data = data is None
        self.process = subprocess.Popen([*inside, program, self.data, console, *map(str, args)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.events, self.fresh = [], queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.invitation = self.await_event("invitation")

    def _read(self):
        for line in self.process.stdout:
            self.fresh.put(json.loads(line))
        self.fresh.put(None)

    def order(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def await_event(self, kind, timeout=20, **fields):
        """The next event of this kind with these fields; what came before it is kept in `events`."""
        end = time.monotonic() + timeout
        while True:
            try:
                event = self.fresh.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind} {fields} within {timeout} s; last: {self.events[-5:]}") from None
            if event is None:
                raise AssertionError(f"the station ended while {kind} was awaited; last: {self.events[-5:]}")
            self.events.append(event)
            if event["event"] == kind and all(event.get(k) == v for k, v in fields.items()):
                return event

    def drain(self):
        while not self.fresh.empty():
            event = self.fresh.get()
            if event:
                self.events.append(event)
        return self.events

    def invite(self):
        self.order("invite")
        self.invitation = self.await_event("invitation")
        return self.invitation

    def close(self):
        """Ends the station in good order; its exit code."""
        if self.process.poll() is None:
            self.process.stdin.write("quit\n")
            self.process.stdin.close()
        code = self.process.wait(30)
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)
        return code

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.process.kill()
            self.process.wait()
            if self.own_data:
                shutil.rmtree(self.data, ignore_errors=True)
        else:
            code = self.close()
            assert code == 0, f"the station ended with {code}"
