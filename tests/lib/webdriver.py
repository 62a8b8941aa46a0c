"""A real Chromium, driven by the W3C WebDriver protocol with nothing but Python's own library.

    with Browser() as page:                       # headless, fake camera and microphone, own empty profile
        page.goto("https://127.0.0.1:8443/#s=…")
        page.type("#name", "Dr Trần"); page.click("#knock")
        page.wait("return document.querySelector('video').currentTime > 1", timeout=20)
        print(page.run("return window.caukham.state"))
        page.screenshot("/tmp/admitted.png")

Every call raises WebDriverError with the browser's own words; `wait` raises Timeout with the last value seen.
Run this Python inside a network namespace (`ip netns exec`) to put the browser there too.
"""
import base64
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the constant of W3C WebDriver, section 11

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--ignore-certificate-errors",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         "--autoplay-policy=no-user-gesture-required", "--disable-extensions", "--mute-audio",
         # No name is asked for: Debian's start page alone held the first page back for 27 s where nothing answers.
         "--host-resolver-rules=MAP *.com ~NOTFOUND, MAP *.org ~NOTFOUND, MAP *.net ~NOTFOUND",
         # The test machine has no mDNS responder; addresses are shown as they are.
         "--disable-features=WebRtcHideLocalIpsWithMdns,OptimizationHints,MediaRouter"]


class WebDriverError(Exception):
    pass


class Timeout(WebDriverError):
    pass


def available():
    """True when both programs are there; a test that needs them skips (exit 77) otherwise."""
    return bool(shutil.which("chromedriver") and (shutil.which("chromium") or shutil.which("google-chrome")))


class Browser:
    def __init__(self, flags=(), size=(1280, 900), lang="vi", mobile=None, start_timeout=40):
        """flags: further command-line flags. mobile: {"width","height","pixelRatio"} for a phone's window."""
        # A script that is told to end takes its browser along: nobody else would, and it would go on at full speed.
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        self.profile = tempfile.mkdtemp(prefix="caukham-browser-")
        self.session = None
        self.port = None
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0", "--log-level=SEVERE"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL, start_new_session=True, text=True)
        try:
            self._await_port(start_timeout)
            options = {"binary": shutil.which("chromium") or shutil.which("google-chrome"),
                       "args": FLAGS + [f"--window-size={size[0]},{size[1]}", f"--lang={lang}",
                                        f"--user-data-dir={self.profile}"] + list(flags)}
            if mobile:
                options["mobileEmulation"] = {"deviceMetrics": mobile}
            reply = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "acceptInsecureCerts": True, "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL"}}}}, timeout=start_timeout)
            self.session = reply["sessionId"]
            self._in("POST", "/timeouts", {"script": 60000, "pageLoad": 60000})
        except BaseException:
            self.close()
            raise

    def _await_port(self, seconds):
        # chromedriver says "… was started successfully on port N." on its standard output.
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            line = self.driver.stdout.readline()
            if not line:
                raise WebDriverError("chromedriver ended before it said its port")
            if "started successfully on port" in line:
                self.port = int("".join(c for c in line.rsplit("on port", 1)[1] if c.isdigit()))
                return
        raise Timeout("chromedriver did not say its port")

    def _call(self, method, path, body=None, timeout=70):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
            link.request(method, path, data, {"Content-Type": "application/json; charset=utf-8"})
            value = json.loads(link.getresponse().read() or b"{}").get("value")
        except (OSError, http.client.HTTPException) as error:
            raise WebDriverError(f"{method} {path}: {error!r}") from error
        finally:
            link.close()
        if isinstance(value, dict) and "error" in value:
            raise WebDriverError(f"{value['error']}: {value.get('message', '').splitlines()[0:1]}")
        return value

    def _in(self, method, path, body=None, timeout=70):
        return self._call(method, f"/session/{self.session}{path}", body, timeout)

    # What a test does -----------------------------------------------------------------------------------------
    def goto(self, url):
        self._in("POST", "/url", {"url": url})

    def reload(self):
        self._in("POST", "/refresh", {})

    def url(self):
        return self._in("GET", "/url")

    def run(self, script, *args):
        """The value of `return …` in the page; a returned promise is awaited by the browser."""
        return self._in("POST", "/execute/sync", {"script": script, "args": list(args)})

    def wait(self, script, *args, timeout=20, every=0.1, what=None):
        """Runs `script` until its value is true, and returns that value."""
        end, last, trouble = time.monotonic() + timeout, None, None
        while True:
            try:
                last, trouble = self.run(script, *args), None
                if last:
                    return last
            except WebDriverError as error:  # the page may just be loading
                trouble = error
            if time.monotonic() > end:
                raise Timeout(f"{what or script}: not within {timeout} s (last: {last!r}, {trouble})")
            time.sleep(every)

    def find(self, css):
        return self._in("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self._in("POST", f"/element/{self.find(css)}/click", {})

    def type(self, css, text, clear=True):
        element = self.find(css)
        if clear:
            self._in("POST", f"/element/{element}/clear", {})
        self._in("POST", f"/element/{element}/value", {"text": text})

    def text(self, css):
        return self._in("GET", f"/element/{self.find(css)}/text")

    def screenshot(self, path=None):
        png = base64.b64decode(self._in("GET", "/screenshot"))
        if path:
            with open(path, "wb") as out:
                out.write(png)
        return png

    def log(self):
        """The page's console since the last call: [{"level","message",…}]."""
        return self._in("POST", "/se/log", {"type": "browser"})

    def cdp(self, command, **params):
        """A command of Chromium's own protocol."""
        return self._in("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def offline(self, yes):
        """Cuts HTTP and WebSocket of the page (not WebRTC) by the DevTools."""
        self.cdp("Network.emulateNetworkConditions", offline=bool(yes), latency=0, downloadThroughput=-1,
                 uploadThroughput=-1)

    def close(self):
        if self.session:
            try:
                self._in("DELETE", "", timeout=15)
            except WebDriverError:
                pass
            self.session = None
        if self.driver.poll() is None:
            # chromedriver leads a process group of its own, made by us: the browser's children go with it.
            os.killpg(self.driver.pid, signal.SIGTERM)
            try:
                self.driver.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.driver.pid, signal.SIGKILL)
                self.driver.wait()
        self.driver.stdout.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
