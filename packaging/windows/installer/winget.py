#!/usr/bin/env python3
"""winget.py MSI VERSION URL FOLDER: the three files that winget wants, for a private source or a submission."""
import hashlib
import pathlib
import subprocess
import sys

HEAD = "# yaml-language-server: $schema=https://aka.ms/winget-manifest.{kind}.1.6.0.schema.json\nPackageIdentifier: Caukham.Caukham\nPackageVersion: {version}\n"
TAIL = "ManifestType: {kind}\nManifestVersion: 1.6.0\n"


def main():
    msi, version, url, folder = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
    if not url.startswith("https://"):
        sys.exit(f"winget fetches installers by https only; '{url}' is not such an address.")
    table = subprocess.run(["msiinfo", "export", str(msi), "Property"], check=True, capture_output=True, text=True).stdout
    properties = dict(line.split("\t", 1) for line in table.replace("\r", "").splitlines() if "\t" in line)
    if properties.get("ProductVersion") != version:
        sys.exit(f"{msi} is version {properties.get('ProductVersion')}, not {version}.")
    bodies = {
        "version": "DefaultLocale: en-US\n",
        "defaultLocale": "PackageLocale: en-US\nPublisher: Caukham\nPackageName: Caukham\nLicense: Apache-2.0\n"
                         "ShortDescription: Examination workstation for small health stations\n",
        "installer": "InstallerType: wix\nScope: machine\nMinimumOSVersion: 10.0.18362.0\nUpgradeBehavior: install\nInstallers:\n"
                     f"- Architecture: x64\n  InstallerUrl: {url}\n  InstallerSha256: {hashlib.sha256(msi.read_bytes()).hexdigest().upper()}\n"
                     f"  ProductCode: '{properties['ProductCode']}'\n",
    }
    names = {"version": "", "defaultLocale": ".locale.en-US", "installer": ".installer"}
    folder.mkdir(parents=True, exist_ok=True)
    for kind, body in bodies.items():
        (folder / f"Caukham.Caukham{names[kind]}.yaml").write_text(
            HEAD.format(kind=kind, version=version) + body + TAIL.format(kind=kind))


main()
