#!/usr/bin/env python3
"""Screenshots of the console against the fake station: shots.py OUTPUT_FOLDER [name ...].

Needs node, chromium and chromedriver. For looking at; the assertions are in the session tests.
"""
import base64, json, os, subprocess, sys, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ASK = "document.querySelector('.ask-form').requestSubmit();"
ADVICE = ("const a=document.querySelectorAll('.advice textarea');a[0].value='Nhịp xoang 74 l/ph, trục trung gian, ST không chênh. Màng nhĩ phải đục nhẹ.';"
          "a[1].value='Chưa thấy thiếu máu cơ tim cấp';a[2].value='Theo dõi, đo lại điện tim sau 30 phút';")
POINT = "preview_app.panes.get(3).showPointer({from:'',x:0.45,y:0.55,visible:true});"
SHOTS = {  # name: (width, height, phone, query, script, seconds)
    "join": (1366, 768, False, "scene=join", "", 1),
    "wrong": (390, 844, True, "scene=join", "document.querySelector('.code').value='000000';document.querySelector('.join form').requestSubmit();", 1),
    "waiting": (1366, 768, False, "scene=waiting", "", 1),
    "live-1366": (1366, 768, False, "still&pointer", ASK + ADVICE + POINT, 12),
    "live-1366-en": (1366, 768, False, "lang=en&still", ASK, 10),
    "live-1366-short": (1366, 625, False, "still", ASK, 8),
    "live-1920": (1920, 1080, False, "still", ASK + ADVICE, 12),
    "gap": (1366, 768, False, "gap&off=LA&nosim", "", 12),
    "chest-off": (1366, 768, False, "off=C3", "", 8),
    "stale": (1366, 768, False, "stale&silent=6000&gap", "", 10),
    "large-ear": (1366, 768, False, "still", "preview_app.stage.enlarge(preview_app.panes.get(3));" + POINT, 6),
    "large-ecg": (1366, 768, False, "", "preview_app.stage.enlarge(preview_app.panes.get(1));", 14),
    "ecg-only": (1366, 768, False, "devices=1", "", 8),
    "calipers": (1366, 768, False, "", "const p=preview_app.panes.get(1);p.freeze(true);p.legs({x:150,y:60},{x:228,y:110});", 10),
    "lost": (1366, 768, False, "", "window.line_down=true;", 10),
    "phone": (390, 844, True, "still&pointer", POINT + "preview_app.stage.bring(preview_app.panes.get(3));" + ASK, 8),
    "phone-ecg": (390, 844, True, "still", "preview_app.stage.bring(preview_app.panes.get(1));preview_app.stage.tab('advice');", 9),
    "phone-spiro": (390, 844, True, "", "preview_app.stage.bring(preview_app.panes.get(2));preview_app.stage.tab('chat');", 9),
    "phone-captures": (390, 844, True, "still", "preview_app.stage.bring(preview_app.panes.get(4));preview_app.stage.tab('timeline');", 6),
    "phone-room": (390, 844, True, "still", "preview_app.stage.bring(preview_app.panes.get(5));", 6),
    "tablet": (1024, 768, False, "still", "preview_app.stage.bring(preview_app.panes.get(1));" + ASK, 9),
    "still-view": (1366, 768, False, "still", "document.querySelector('.capture').click();", 5),
    "calibrate": (1366, 768, False, "", "document.querySelector('.sheet button').click();", 4),
}


def call(base, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"content-type": "application/json"}, method=method)
    return json.load(urllib.request.urlopen(request, timeout=60))["value"]


def main():
    out, names = sys.argv[1], sys.argv[2:] or list(SHOTS)
    os.makedirs(out, exist_ok=True)
    server = subprocess.Popen(["node", os.path.join(HERE, "serve.mjs"), "8771"], stdout=subprocess.PIPE)
    server.stdout.readline()
    driver = subprocess.Popen(["chromedriver", "--port=8772"], stdout=subprocess.DEVNULL)
    base = "http://127.0.0.1:8772"
    try:
        for _ in range(100):
            try:
                if call(base, "GET", "/status")["ready"]:
                    break
            except OSError:
                time.sleep(0.1)
        for name in names:
            width, height, phone, query, script, seconds = SHOTS[name]
            options = {"args": ["--headless=new", "--no-sandbox", f"--window-size={width},{height}", "--autoplay-policy=no-user-gesture-required"]}
            capabilities = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            session = "/session/" + call(base, "POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})["sessionId"]
            metrics = {"width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone}
            call(base, "POST", session + "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics})
            call(base, "POST", session + "/url", {"url": "http://127.0.0.1:8771/?" + query})
            time.sleep(seconds - 1.5 if seconds > 3 else 0.5)
            script = "try {" + script + "} catch (e) { console.error(String(e), e.stack) }"
            call(base, "POST", session + "/execute/sync", {"script": script, "args": []})
            time.sleep(7 if name == "lost" else 1.5)
            picture = call(base, "GET", session + "/screenshot")
            with open(os.path.join(out, name + ".png"), "wb") as f:
                f.write(base64.b64decode(picture))
            state = call(base, "POST", session + "/execute/sync", {"script": "return window.caukham", "args": []})
            noise = [x["message"] for x in call(base, "POST", session + "/se/log", {"type": "browser"}) if x["level"] == "SEVERE"]
            if not state:
                print(name, "the page did not start:", noise)
                continue
            print(name, state["phase"], {k: (v["records"], v["rate_bpm"]) for k, v in state["streams"].items()},
                  {k: v["frames"] for k, v in state["videos"].items()}, [s["ok"] for s in state["stills"]], state["errors"], noise)
            call(base, "DELETE", session)
    finally:
        driver.terminate()
        server.terminate()


main()
