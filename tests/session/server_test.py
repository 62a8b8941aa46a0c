#!/usr/bin/env python3
"""The station's server against clients that are not browsers: what it must refuse, and what it must survive.

server_test.py STATION_DOUBLE
"""
import base64
import json
import os
import random
import socket
import ssl
import struct
import sys
import time
import warnings

from station import Station

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page")


class Raw:
    """One TLS connection, bytes in and out."""

    def __init__(self, station, version=None):
        host, port = station.invitation["link"].split("/")[2].rsplit(":", 1)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if version:
            context.minimum_version = context.maximum_version = version
        self.host = f"{host}:{port}"
        self.socket = context.wrap_socket(socket.create_connection((host, int(port)), timeout=10), server_hostname=host)

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def get(self, path, *headers, method="GET", host=None):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.host}", *headers, "", ""]
        self.send("\r\n".join(lines))
        return self.response(method)

    def response(self, method="GET"):
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65536)
            if not more:
                return None, {}, b""
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
        size = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        while len(body) < size:
            body += self.socket.recv(65536)
        return int(lines[0].split()[1]), headers, body

    def upgrade(self, path="/ws", origin=None, host=None):
        key = base64.b64encode(os.urandom(16)).decode()
        headers = ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        if origin:
            headers.append(f"Origin: {origin}")
        return self.get(path, *headers, host=host)[0]

    def say(self, text, opcode=1):
        data = text.encode() if isinstance(text, str) else text
        mask = os.urandom(4)
        size = struct.pack(">BB", 0x80 | opcode, 0x80 | len(data)) if len(data) < 126 else (
            struct.pack(">BBH", 0x80 | opcode, 0xFE, len(data)) if len(data) < 65536 else
            struct.pack(">BBQ", 0x80 | opcode, 0xFF, len(data)))
        self.send(size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def hear(self):
        """The next text message, or None when the station closed."""
        def exactly(n):
            data = b""
            while len(data) < n:
                more = self.socket.recv(n - len(data))
                if not more:
                    raise EOFError
                data += more
            return data
        try:
            while True:
                a, b = exactly(2)
                size = b & 127
                size = struct.unpack(">H", exactly(2))[0] if size == 126 else struct.unpack(">Q", exactly(8))[0] if size == 127 else size
                data = exactly(size)
                if a & 15 == 8:
                    return None
                if a & 15 == 1:
                    return json.loads(data)
        except (EOFError, OSError):
            return None

    def closed(self, timeout=15):
        self.socket.settimeout(timeout)
        try:
            while self.socket.recv(65536):
                pass
            return True
        except socket.timeout:
            return False
        except OSError:
            return True


def test_pages_have_strict_headers_and_only_what_was_there_is_served(station):
    raw = Raw(station)
    status, headers, body = raw.get("/")
    assert status == 200 and b"<!doctype html>" in body
    assert "default-src 'self'" in headers["content-security-policy"] and "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert raw.get("/console/page.js")[1]["content-type"].startswith("text/javascript")
    assert raw.get("/healthz")[2] == b"ok\n"
    assert raw.get("/", method="HEAD")[2] == b""
    for path in ("/console/../station.py", "/console/%2e%2e/station.py", "/../../etc/passwd", "//etc/passwd", "/console/",
                 "/console", "/index.html", "/session/identity.pem", "/console/..\\station.py", "/console/page.js/", "*"):
        status = raw.get(path)[0]
        if status is None or status == 400:  # not even HTTP: that connection is over
            raw = Raw(station)
        else:
            assert status == 404, (path, status)
    assert Raw(station).get("/", method="POST")[0] == 405
    assert Raw(station).get("/", host="evil\" host")[0] == 400


def test_old_tls_and_plain_http_are_refused(station):
    host, port = station.invitation["link"].split("/")[2].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not plain.recv(100).startswith(b"HTTP")
    warnings.simplefilter("ignore", DeprecationWarning)
    try:
        Raw(station, ssl.TLSVersion.TLSv1_1)
        raise AssertionError("TLS 1.1 was accepted")
    except (ssl.SSLError, OSError):
        pass
    assert Raw(station, ssl.TLSVersion.TLSv1_2).get("/healthz")[0] == 200


def test_long_headers_bodies_and_rubbish_end_the_connection(station):
    raw = Raw(station)
    assert raw.get("/", "X: " + "a" * 9000)[0] in (400, 431, None)
    assert raw.closed()
    raw = Raw(station)
    raw.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "a" * 1000)
    assert raw.response()[0] in (400, 405, 413, 431)
    rubbish = random.Random(5)
    for _ in range(20):
        raw = Raw(station)
        raw.send(rubbish.randbytes(200) + b"\r\n\r\n")
        assert raw.closed()
    assert Raw(station).get("/healthz")[0] == 200


def test_a_page_from_elsewhere_cannot_open_the_socket(station):
    assert Raw(station).upgrade(origin="https://evil.example") == 403
    assert Raw(station).upgrade(path="/other") == 404
    raw = Raw(station)
    assert raw.upgrade(origin="https://" + raw.host) == 101


def test_what_is_not_a_message_closes_the_socket_and_nothing_else(station):
    for text, opcode in (("[]", 1), ("{\"type\":7}", 1), ("{", 1), (b"\xff\xfe", 1), (b"abc", 2),
                         ("{\"type\":\"chat\",\"text\":\"" + "x" * 70000 + "\"}", 1)):
        raw = Raw(station)
        assert raw.upgrade() == 101
        try:
            raw.say(text, opcode)
        except OSError:
            pass  # closed while we were still speaking
        assert raw.closed(), (text[:20], opcode)
    raw = Raw(station)
    assert raw.upgrade() == 101
    for _ in range(1000):  # a flood of good messages
        try:
            raw.say("{\"type\":\"pong\",\"t\":1}")
        except OSError:
            break
    assert raw.closed()
    assert Raw(station).get("/healthz")[0] == 200


def test_wrong_codes_lock_this_address(station):
    answers = []
    for _ in range(7):
        raw = Raw(station)
        assert raw.upgrade() == 101
        raw.say(json.dumps({"v": 1, "type": "knock", "code": "000000" if station.invitation["code"] != "000000" else "000001", "name": "x"}))
        answers.append(raw.hear()["code"])
    assert answers == ["wrong_code"] * 5 + ["too_many_tries"] * 2, answers
    raw = Raw(station)
    assert raw.upgrade() == 101
    raw.say(json.dumps({"v": 1, "type": "resume", "token": "x"}))
    assert raw.hear()["code"] == "too_many_tries"


def test_connections_of_one_address_are_counted_and_given_back(station):
    open_ones = []
    for _ in range(40):
        try:
            open_ones.append(Raw(station))
        except (ssl.SSLError, OSError):
            break
    assert len(open_ones) == 16, len(open_ones)
    for raw in open_ones:
        raw.socket.close()
    end = time.monotonic() + 15
    while True:  # they are given back as soon as the station sees them go
        try:
            assert Raw(station).get("/healthz")[0] == 200
            return
        except (ssl.SSLError, OSError):
            assert time.monotonic() < end, "no connection is ever given back"


def test_idle_and_silent_connections_are_closed(station):
    idle, silent = Raw(station), Raw(station)
    assert silent.upgrade() == 101  # a socket that never knocks
    host, port = idle.host.rsplit(":", 1)
    half = socket.create_connection((host, int(port)), timeout=30)  # TCP without a handshake
    assert idle.closed(20) and silent.closed(30)
    half.settimeout(20)
    assert half.recv(1) == b""


def main():
    failed = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_") or (sys.argv[2:] and not any(w in name for w in sys.argv[2:])):
            continue
        start = time.monotonic()
        try:
            with Station(sys.argv[1], PAGE) as station:
                test(station)
            print(f"good  {time.monotonic() - start:5.1f} s  {name}", flush=True)
        except Exception as error:
            failed += 1
            print(f"BAD   {time.monotonic() - start:5.1f} s  {name}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
