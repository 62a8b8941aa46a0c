#!/usr/bin/env python3
"""make_inf.py VERSION OUT.inf MANIFEST...: the driver package that binds WinUSB to the devices whose protocol our plugins
speak themselves (link "usb" in their manifests). Serial, HID and video devices have Windows' own drivers."""
import json
import sys

TOP = """; Binds Windows' own WinUSB driver to devices whose protocol Caukham speaks. Made from the plugins' manifests.
[Version]
Signature   = "$Windows NT$"
Class       = USBDevice
ClassGuid   = {{88BAE032-5A81-49f0-BC3D-A4FF138216D6}}
Provider    = %Provider%
CatalogFile = caukham-winusb.cat
DriverVer   = {date},{version}
PnpLockdown = 1

[Manufacturer]
%Provider% = Devices,NTamd64.10.0...16299

[Devices.NTamd64.10.0...16299]
"""
REST = """
[WinUSB]
Include = winusb.inf
Needs   = WINUSB.NT

[WinUSB.Services]
Include = winusb.inf
Needs   = WINUSB.NT.Services

[WinUSB.HW]
AddReg = Interface

[Interface]
; The interface class that the transport looks for (libusb finds any WinUSB device; this names ours).
HKR,,DeviceInterfaceGUIDs,0x10000,"{d3b1a1f6-7d0c-4f86-9a57-2f1f1e6c6b10}"

[Strings]
Provider = "Caukham"
"""


def main():
    version, out, manifests = sys.argv[1], sys.argv[2], sys.argv[3:]
    lines, names, seen = [], [], set()
    for path in sorted(manifests):
        with open(path, encoding="utf-8") as f:
            manifest = json.load(f)
        for match in manifest.get("match", []):
            if match.get("link") != "usb":
                continue
            vid, pid = match["vid"].upper(), match["pid"].upper()
            if (vid, pid) in seen:
                continue
            seen.add((vid, pid))
            lines.append(f"%{vid}_{pid}% = WinUSB, USB\\VID_{vid}&PID_{pid}\n")
            names.append(f"{vid}_{pid} = \"{manifest['name'].encode('ascii', 'replace').decode()}\"\n")
    if not lines:
        sys.exit("No manifest names a device of link \"usb\": there is nothing to bind WinUSB to.")
    numbers = (version.split(".") + ["0"] * 4)[:4]
    text = TOP.format(date="01/01/2026", version=".".join(numbers)) + "".join(lines) + REST + "".join(names)
    with open(out, "w", encoding="utf-8", newline="\r\n") as f:
        f.write(text)
    print(f"{out}: {len(lines)} devices")


main()
